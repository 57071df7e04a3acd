/** Follows the issuer's revocations, so that what was revoked is refused before it expires. */
import { Logger } from '@nestjs/common';
import {
  ClientCredentialsTokens,
  RevocationFeed,
  type RevocationOptions,
  SseRevocationSource,
} from '@keyward/auth';
import { REVOCATIONS_READ_SCOPE } from '@keyward/oauth';
import { type OrdersConfiguration } from '../config/orders.config.js';

/** @returns undefined where there is no secret to follow them with, which the log says */
export function followRevocations({
  revocations,
  issuer,
  insecureHttp,
}: Pick<OrdersConfiguration, 'revocations' | 'issuer' | 'insecureHttp'>):
  RevocationOptions | undefined {
  if (revocations === undefined) {
    new Logger('Revocations').warn(
      'no ORDERS_CLIENT_SECRET: a token that was revoked is accepted until it expires',
    );
    return undefined;
  }
  const { url, tokenUrl, clientId, clientSecret, whenStale } = revocations;
  const tokens = new ClientCredentialsTokens({
    tokenUrl,
    clientId,
    clientSecret,
    scope: REVOCATIONS_READ_SCOPE,
    resource: issuer,
    insecureHttp,
  });
  const source = new SseRevocationSource({ url, tokens, insecureHttp });
  return { feed: new RevocationFeed({ source }), whenStale };
}
