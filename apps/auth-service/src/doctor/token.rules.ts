/** Rules about tokens, keys and sessions. */
import { type DoctorRule, type Finding } from './diagnosis.js';

const NOTHING: readonly Finding[] = [];

/** What RFC 9700 calls short-lived is not a number; this is what systems of its kind have. */
const LONG_ACCESS_TOKEN_SECONDS = 900;
const LONG_SESSION_SECONDS = 86_400;

export const TOKEN_RULES: readonly DoctorRule[] = [
  {
    name: 'access-token-lifetime',
    severity: 'warning',
    clause: 'RFC 9700 section 4.10.2, RFC 6819 section 5.1.5.3',
    find: ({ environment: { AUTH_ACCESS_TOKEN_SECONDS: seconds } }) =>
      seconds <= LONG_ACCESS_TOKEN_SECONDS
        ? NOTHING
        : [
            {
              finding: `an access token is good for ${seconds} s: so long a stolen one is, where nobody follows the feed`,
              remedy: `set AUTH_ACCESS_TOKEN_SECONDS to ${LONG_ACCESS_TOKEN_SECONDS} at most; refreshing costs little`,
            },
          ],
  },
  {
    name: 'signing-algorithm',
    severity: 'note',
    clause: 'RFC 9068 section 2.1, RFC 8725 section 3.2',
    find: ({ environment: { AUTH_SIGNING_ALGORITHM: algorithm } }) =>
      algorithm !== 'RS256'
        ? NOTHING
        : [
            {
              finding: 'tokens are signed by RS256: ten times dearer than ES256, and longer',
              remedy: 'use ES256, per client and resource where one of them cannot',
            },
          ],
  },
  {
    name: 'dpop-nonce',
    severity: 'warning',
    clause: 'RFC 9449 sections 8 and 11.2',
    find: ({ environment }) =>
      environment.AUTH_DPOP_NONCE === 'required'
        ? NOTHING
        : [
            {
              finding: 'DPoP proofs may be made in advance: nothing of this server is in them',
              remedy: 'set AUTH_DPOP_NONCE=required',
            },
          ],
  },
  {
    name: 'keys-apart',
    severity: 'error',
    clause: 'NIST SP 800-57 part 1 section 5.2',
    find: ({ environment }) => {
      const { AUTH_KEY_ENCRYPTION_KEY: single, AUTH_KEY_ENCRYPTION_KEYS: keys } = environment;
      const encrypting = [...(keys?.values() ?? []), ...(single === undefined ? [] : [single])];
      const shared = [...(environment.AUTH_REFRESH_TOKEN_KEYS ?? [])].filter(([, key]) =>
        encrypting.some((other) => other.equals(key)),
      );
      return shared.map(([version]) => ({
        finding: `version ${version} of AUTH_REFRESH_TOKEN_KEYS is also a key that encrypts keys`,
        remedy: 'make another one, add it as a higher version, and remove this one a month later',
      }));
    },
  },
  {
    name: 'session-lifetime',
    severity: 'warning',
    clause: 'NIST SP 800-63B-4 section 2.2.3',
    find: ({ environment: { AUTH_SESSION_ABSOLUTE_SECONDS: seconds } }) =>
      seconds <= LONG_SESSION_SECONDS
        ? NOTHING
        : [
            {
              finding: `a person stays signed in for up to ${Math.round(seconds / 3600)} hours`,
              remedy: 'set AUTH_SESSION_ABSOLUTE_SECONDS to a day at most',
            },
          ],
  },
  {
    name: 'password-alone',
    severity: 'warning',
    clause: 'NIST SP 800-63B-4 section 3.1.1.2',
    find: ({ environment: { AUTH_PASSWORD_MIN_LENGTH: length }, bootstrap }) => {
      const alone = bootstrap.clients.filter(
        ({ grantTypes, requiredAcr }) =>
          grantTypes.includes('authorization_code') && requiredAcr === null,
      );
      if (length >= 15 || alone.length === 0) return NOTHING;
      return [
        {
          finding: `a password of ${length} characters is enough to sign in to ${alone.map(({ clientId }) => clientId).join(', ')}`,
          remedy:
            'demand a second factor (required_acr of the client or of a group), or set AUTH_PASSWORD_MIN_LENGTH to 15',
        },
      ];
    },
  },
];
