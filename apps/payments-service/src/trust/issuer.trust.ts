/** The trust in the authorization server of this landscape, and how its revocations are followed. */
import { Logger } from '@nestjs/common';
import {
  ClientCredentialsTokens,
  RevocationFeed,
  SseRevocationSource,
  type TrustOptions,
} from '@keyward/auth';
import { REVOCATIONS_READ_SCOPE } from '@keyward/oauth';
import { type PaymentsConfiguration } from '../config/payments.config.js';

/** While the feed is silent the issuer is asked about each token: money is worth a request. */
export function issuerTrust(config: PaymentsConfiguration): TrustOptions {
  const { issuer, audience, jwksUri, insecureHttp, algorithm, revocations } = config;
  const trust = { issuer, audience, jwksUri, insecureHttp, algorithms: [algorithm] };
  if (revocations === undefined) {
    new Logger('Revocations').warn(
      'no PAYMENTS_CLIENT_SECRET: a token that was revoked is accepted until it expires',
    );
    return trust;
  }
  const { url, tokenUrl, introspectionUrl, clientId, clientSecret, whenStale } = revocations;
  const tokens = new ClientCredentialsTokens({
    tokenUrl,
    clientId,
    clientSecret,
    scope: REVOCATIONS_READ_SCOPE,
    resource: issuer,
    insecureHttp,
  });
  const source = new SseRevocationSource({ url, tokens, insecureHttp });
  return {
    ...trust,
    revocation: { feed: new RevocationFeed({ source }), whenStale },
    introspection: { endpoint: introspectionUrl, client: { clientId, clientSecret }, insecureHttp },
  };
}
