/** Follows the issuer's revocations, so that what was revoked is refused before it expires. */
import { Logger } from '@nestjs/common';
import {
  ClientCredentialsTokens,
  RedisStreamSource,
  RevocationFeed,
  type RevocationOptions,
  type RevocationSource,
  SseRevocationSource,
} from '@keyward/auth';
import { REVOCATIONS_READ_SCOPE } from '@keyward/oauth';
import { createClient } from 'redis';
import { type OrdersConfiguration } from '../config/orders.config.js';

type FollowedConfiguration = Pick<
  OrdersConfiguration,
  'revocations' | 'whenStale' | 'issuer' | 'insecureHttp'
>;

/** @returns undefined where they cannot be read anywhere, which the log says */
export function followRevocations(config: FollowedConfiguration): RevocationOptions | undefined {
  const source = sourceOf(config);
  if (source !== undefined) {
    return { feed: new RevocationFeed({ source }), whenStale: config.whenStale };
  }
  new Logger('Revocations').warn(
    'no ORDERS_CLIENT_SECRET: a token that was revoked is accepted until it expires',
  );
  return undefined;
}

function sourceOf({
  revocations,
  issuer,
  insecureHttp,
}: FollowedConfiguration): RevocationSource | undefined {
  if (revocations === undefined) return undefined;
  if (revocations.from === 'redis') {
    const { redisUrl: url, key } = revocations;
    return new RedisStreamSource({ createClient: () => createClient({ url }), key });
  }
  const { url, tokenUrl, clientId, clientSecret } = revocations;
  const tokens = new ClientCredentialsTokens({
    tokenUrl,
    clientId,
    clientSecret,
    scope: REVOCATIONS_READ_SCOPE,
    resource: issuer,
    insecureHttp,
  });
  return new SseRevocationSource({ url, tokens, insecureHttp });
}
