/** Rules about the ways in and out: who could listen, and whose address is believed. */
import { limitVariableOf } from '../config/limit.variables.js';
import { REQUEST_LIMIT_NAMES, REQUEST_LIMITS } from '../limits/request-limit.names.js';
import { type DoctorRule, type Finding } from './diagnosis.js';
import { isHere, redisUrls } from './store.address.js';

const NOTHING: readonly Finding[] = [];

export const TRANSPORT_RULES: readonly DoctorRule[] = [
  {
    name: 'issuer-https',
    severity: 'error',
    clause: 'RFC 9700 section 2.6, RFC 8414 section 2',
    find: ({ environment: { AUTH_ISSUER: issuer } }) =>
      issuer === undefined || issuer.startsWith('https:') || isHere(issuer)
        ? NOTHING
        : [
            {
              finding: `the issuer ${issuer} is reached over plain http: codes, tokens and passwords can be read on the way`,
              remedy: 'put TLS in front and set AUTH_ISSUER to the https origin',
            },
          ],
  },
  {
    name: 'insecure-http-issuer',
    severity: 'warning',
    clause: 'RFC 9700 section 2.6',
    find: ({ environment }) =>
      environment.AUTH_INSECURE_HTTP_ISSUER
        ? [
            {
              finding: 'AUTH_INSECURE_HTTP_ISSUER lets production answer over plain http',
              remedy: 'remove it once the issuer is https',
            },
          ]
        : NOTHING,
  },
  {
    name: 'production-mode',
    severity: 'error',
    clause: 'NIST SP 800-63B-4 section 4.2.2; deployment',
    find: ({ environment: { NODE_ENV, AUTH_ISSUER: issuer } }) =>
      NODE_ENV === 'production' || issuer === undefined || isHere(issuer)
        ? NOTHING
        : [
            {
              finding: `NODE_ENV is ${NODE_ENV} on a server that others reach: development's defaults are in force`,
              remedy: 'set NODE_ENV=production',
            },
          ],
  },
  {
    name: 'trusted-proxies',
    severity: 'warning',
    clause: 'RFC 9700 section 4.13; OWASP ASVS 5.0 section 4.1.3',
    find: ({ environment }) => {
      const speaksTls = environment.AUTH_TLS_CERT_FILE !== undefined;
      const isHttps = environment.AUTH_ISSUER?.startsWith('https:') === true;
      if (!isHttps || speaksTls || environment.AUTH_TRUSTED_PROXIES.length > 0) return NOTHING;
      return [
        {
          finding:
            'TLS ends in front of this server, and no proxy is trusted: everybody has the address of the proxy, so that one guesser brakes all',
          remedy: 'name the proxy in AUTH_TRUSTED_PROXIES, and let it overwrite X-Forwarded-For',
        },
      ];
    },
  },
  {
    name: 'cors-http-origin',
    severity: 'warning',
    clause: 'draft-ietf-oauth-browser-based-apps section 6.3',
    find: ({ environment: { AUTH_CORS_ORIGINS: origins = [] }, bootstrap }) =>
      [...new Set([...origins, ...bootstrap.clients.flatMap(({ corsOrigins }) => corsOrigins)])]
        .filter((origin) => origin.startsWith('http:') && !isHere(origin))
        .map((origin) => ({
          finding: `pages of ${origin} may call, and anybody on the way can change what they are`,
          remedy: 'serve them over https, or take the origin out',
        })),
  },
  {
    name: 'store-transport',
    severity: 'warning',
    clause: 'RFC 9700 section 4.9; OWASP ASVS 5.0 section 12.3',
    find: ({ environment }) => {
      const findings: Finding[] = [];
      const { DATABASE_URL: database } = environment;
      if (
        database !== undefined &&
        !isHere(database) &&
        !/[?&]sslmode=verify-full/.test(database)
      ) {
        findings.push({
          finding: 'the connection to PostgreSQL does not demand a certificate that is checked',
          remedy: 'add sslmode=verify-full to DATABASE_URL, unless the network between is private',
        });
      }
      if (redisUrls(environment).some((url) => !isHere(url) && !url.startsWith('rediss:'))) {
        findings.push({
          finding: 'the connection to Redis is not encrypted',
          remedy: 'use rediss:// for its addresses, unless the network between is private',
        });
      }
      return findings;
    },
  },
  {
    name: 'smtp-transport',
    severity: 'note',
    clause: 'RFC 8314 section 3',
    find: ({ environment: { AUTH_SMTP_URL: url } }) =>
      url === undefined
        ? [
            {
              finding: 'no mail server is configured: forgotten passwords cannot be reset',
              remedy: 'set AUTH_SMTP_URL and AUTH_MAIL_FROM',
            },
          ]
        : NOTHING,
  },
  {
    name: 'limit-off',
    severity: 'warning',
    clause: 'OWASP ASVS 5.0 section 2.4.1; docs/operations/limits.md',
    find: ({ environment }) =>
      REQUEST_LIMIT_NAMES.filter((name) => environment[limitVariableOf(name)] === null).map(
        (name) => ({
          finding: `${limitVariableOf(name)} is off: nothing bounds how often one caller asks at ${REQUEST_LIMITS[name].at}`,
          remedy: 'set a rate that nobody meets who works as they should',
        }),
      ),
  },
];
