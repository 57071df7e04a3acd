/** The limit of any protection: a guard that checks the signature by node:crypto, and nothing else. */
import { createPublicKey, verify, type JsonWebKey, type KeyObject } from 'node:crypto';
import { type CanActivate, type DynamicModule, type ExecutionContext } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { OpenOrdersController } from './orders.controller.js';
import { type ServerSettings } from './settings.js';

class BareVerifyGuard implements CanActivate {
  constructor(private readonly key: KeyObject) {}

  canActivate(context: ExecutionContext): boolean {
    const { headers } = context.getArgByIndex<{ headers: { authorization: string } }>(0);
    const token = headers.authorization.slice('Bearer '.length);
    const dot = token.lastIndexOf('.');
    const signature = Buffer.from(token.slice(dot + 1), 'base64url');
    return verify('sha256', Buffer.from(token.slice(0, dot)), this.key, signature);
  }
}

class BareVerifyModule {}

/** The open route behind that guard; RS256 alone. */
export async function bareVerifyModule({ jwksUri }: ServerSettings): Promise<DynamicModule> {
  const { keys } = (await (await fetch(jwksUri)).json()) as { keys: [JsonWebKey] };
  const key = createPublicKey({ key: keys[0], format: 'jwk' });
  return {
    module: BareVerifyModule,
    controllers: [OpenOrdersController],
    providers: [{ provide: APP_GUARD, useValue: new BareVerifyGuard(key) }],
  };
}
