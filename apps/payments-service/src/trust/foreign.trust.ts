/** The trust in a second issuer that is not ours: its keys, its algorithm, and where it writes scope and client. */
import { type TrustOptions } from '@keyward/auth';
import { type PaymentsConfiguration } from '../config/payments.config.js';

/** Claims that only an ID token has (OpenID Connect Core sections 2 and 3.3.2.11). */
const ID_TOKEN_CLAIMS = ['nonce', 'at_hash', 'c_hash'];

/**
 * Many issuers call their access tokens `JWT`, as they call their ID tokens: so scope and client have to
 * be there, and nothing that only an ID token has.
 *
 * @returns none where none is configured
 */
export function foreignTrusts({ foreign, insecureHttp }: PaymentsConfiguration): TrustOptions[] {
  if (foreign === undefined) return [];
  const { issuer, audience, jwksUri, algorithm, scopeClaim, clientClaim } = foreign;
  return [
    {
      issuer,
      audience,
      jwksUri,
      insecureHttp,
      algorithms: [algorithm],
      typ: ['at+jwt', 'application/at+jwt', 'JWT'],
      requiredClaims: ['sub', 'iat', scopeClaim, clientClaim],
      claims: { scopes: [scopeClaim], clientId: [clientClaim] },
      validate: (claims) => {
        const found = ID_TOKEN_CLAIMS.find((name) => Object.hasOwn(claims, name));
        return found === undefined ? undefined : `an ID token: it has ${found}`;
      },
    },
  ];
}
