/** Rules about what surrounds the server: proxies, stores, where its secrets are. */
import { isIP } from 'node:net';
import { prefixLength } from '../config/network.js';
import { SECRET_VARIABLES } from '../config/variable.descriptions.js';
import { type DoctorRule, type Finding } from './diagnosis.js';
import { isHere, redisUrls } from './store.address.js';

const NOTHING: readonly Finding[] = [];

/** The widest private networks: 10.0.0.0/8 and fc00::/7. */
const WIDEST = { 4: 8, 6: 7 } as const;
const YEAR_SECONDS = 365 * 86_400;

export const DEPLOYMENT_RULES: readonly DoctorRule[] = [
  {
    name: 'trusted-proxies-wide',
    severity: 'error',
    clause: 'RFC 9700 section 4.13; OWASP ASVS 5.0 section 4.1.3',
    find: ({ environment: { AUTH_TRUSTED_PROXIES: networks } }) =>
      networks
        .filter(
          (network) =>
            (prefixLength(network) ?? 0) < WIDEST[isIP(network.split('/')[0] ?? '') === 6 ? 6 : 4],
        )
        .map((network) => ({
          finding: `whoever connects from ${network} is believed which address they come from: a guesser has as many as they like`,
          remedy: 'name the addresses of your proxies in AUTH_TRUSTED_PROXIES',
        })),
  },
  {
    name: 'redis-password',
    severity: 'warning',
    clause: 'OWASP ASVS 5.0 section 13.2',
    find: ({ environment }) => {
      const elsewhere = redisUrls(environment).filter((url) => !isHere(url));
      const signsIn = (url: string) =>
        environment.REDIS_PASSWORD !== undefined || new URL(url).password !== '';
      return elsewhere.every(signsIn)
        ? NOTHING
        : [
            {
              finding:
                'nobody is asked for a password at Redis: who reaches it reads and writes what is signed in',
              remedy:
                'give the server a user of its own (ACL SETUSER), and its password in REDIS_URL or REDIS_PASSWORD',
            },
          ];
    },
  },
  {
    name: 'signing-key-lifetime',
    severity: 'warning',
    clause: 'NIST SP 800-57 part 1 section 5.3.6',
    find: ({ environment: { AUTH_SIGNING_KEY_ROTATION_SECONDS: seconds } }) =>
      seconds <= YEAR_SECONDS
        ? NOTHING
        : [
            {
              finding: `a signing key is used for ${Math.round(seconds / 86_400)} days: so long one that leaked unnoticed signs tokens`,
              remedy:
                'set AUTH_SIGNING_KEY_ROTATION_SECONDS to a year at most; nobody notices a rotation',
            },
          ],
  },
  {
    name: 'secrets-in-environment',
    severity: 'note',
    clause: 'OWASP ASVS 5.0 section 13.3',
    find: ({ variables, environment: { NODE_ENV } }) => {
      const names = SECRET_VARIABLES.filter(
        (name) => variables[name] !== undefined && variables[name] !== '',
      );
      if (NODE_ENV !== 'production' || names.length === 0) return NOTHING;
      return [
        {
          finding: `${names.join(', ')} stand in the environment, which child processes inherit and crash reports hold`,
          remedy: 'mount them as files and name these by the same names with _FILE behind',
        },
      ];
    },
  },
];
