/** What each environment variable means, in the words of docs/configuration.md. */
import { secretsOf, type VariableDescription as Described } from '@keyward/configuration';
import { observabilityDescriptions } from '@keyward/observability';
import { type Environment } from './environment.schema.js';
import { LIMIT_DESCRIPTIONS } from './limit.variables.js';

/** A variable as an operator sees it, below one of the headings. */
export interface VariableDescription extends Described {
  readonly group: VariableGroup;
}

/** The headings, in their order. */
export const VARIABLE_GROUPS = [
  'Server',
  'TLS and client certificates',
  'Stores',
  'Keys at rest',
  'Signing keys',
  'Tokens and sessions',
  'Registration by others',
  'Pages, passwords and mail',
  'Limits',
  'Start and end',
  'Record',
  'Log, metrics and traces',
] as const;

export type VariableGroup = (typeof VARIABLE_GROUPS)[number];

// The type asks for every variable of the schema: one that nobody described does not compile.
export const VARIABLE_DESCRIPTIONS: {
  readonly [Name in keyof Environment]-?: VariableDescription;
} = {
  NODE_ENV: {
    group: 'Server',
    meaning: '`production` refuses the embedded stores, http issuers and example secrets',
  },
  AUTH_HOST: { group: 'Server', meaning: 'address to listen on' },
  AUTH_PORT: { group: 'Server', meaning: 'port to listen on; a busy one is named at once' },
  AUTH_ISSUER: {
    group: 'Server',
    meaning: 'what the server calls itself in every token: an origin, never taken from a request',
    byDefault: '`http://127.0.0.1:<AUTH_PORT>`; required in production',
  },
  AUTH_INSECURE_HTTP_ISSUER: {
    group: 'Server',
    meaning: '`true` lets production have an http issuer: tokens and secrets travel in the clear',
  },
  AUTH_CORS_ORIGINS: {
    group: 'Server',
    meaning: 'origins whose pages may call the endpoints, besides those of the clients themselves',
    byDefault: 'this machine; none in production',
  },
  AUTH_TRUSTED_PROXIES: {
    group: 'Server',
    meaning: 'proxies whose `X-Forwarded-For` is believed: `10.0.0.0/8,::1`',
    byDefault: 'none',
  },
  AUTH_OUTBOUND_ALLOWED_HOSTS: {
    group: 'Server',
    meaning:
      'names (`keys.internal`, `keys.internal:8443`) and networks (`10.1.0.0/16`) that URLs of clients may lead to although they are [private](operations.md#requests-that-leave)',
    byDefault: 'none; this machine outside production',
  },
  AUTH_TLS_CERT_FILE: {
    group: 'TLS and client certificates',
    meaning: 'certificate in PEM: the server speaks TLS itself',
    byDefault: 'none',
  },
  AUTH_TLS_KEY_FILE: {
    group: 'TLS and client certificates',
    meaning: 'its private key in PEM, without passphrase',
    byDefault: 'none',
  },
  AUTH_TLS_CLIENT_CA_FILE: {
    group: 'TLS and client certificates',
    meaning: 'authorities of client certificates, in PEM',
    byDefault: 'none: no chain is trusted',
  },
  AUTH_MTLS_PORT: {
    group: 'TLS and client certificates',
    meaning:
      'port at which [client certificates](operations.md#client-certificates) are asked for, beside the other',
    byDefault: 'none',
  },
  AUTH_MTLS_ISSUER_URL: {
    group: 'TLS and client certificates',
    meaning: 'origin where clients with a certificate find the endpoints (RFC 8705 section 5)',
    byDefault: 'none',
  },
  AUTH_CLIENT_CERTIFICATE_HEADER: {
    group: 'TLS and client certificates',
    meaning: 'header by which a trusted proxy passes a client certificate on',
    byDefault: 'none',
  },
  AUTH_CLIENT_CERTIFICATE_VERIFIED_HEADER: {
    group: 'TLS and client certificates',
    meaning: 'header by which it says that the chain is trusted: `SUCCESS`',
    byDefault: 'none',
  },
  DATABASE_URL: {
    group: 'Stores',
    meaning: 'the PostgreSQL: `postgres://user:password@host:5432/name`',
    secret: true,
    byDefault: 'an embedded one; required in production',
  },
  REDIS_URL: {
    group: 'Stores',
    meaning: 'the Redis: `redis://:password@host:6379`, `rediss://` for TLS',
    secret: true,
    byDefault: 'in-process stores; required in production, or one of the next two',
  },
  REDIS_SENTINELS: {
    group: 'Stores',
    meaning: 'in place of `REDIS_URL`, a master with Sentinels: `a:26379,b:26379`',
    secret: true,
    byDefault: 'none',
  },
  REDIS_SENTINEL_NAME: {
    group: 'Stores',
    meaning: 'by which name the Sentinels know the master',
    byDefault: 'none',
  },
  REDIS_CLUSTER_NODES: {
    group: 'Stores',
    meaning: 'in place of `REDIS_URL`, some nodes of a Redis Cluster: `a:6379,b:6379`',
    byDefault: 'none',
  },
  REDIS_USERNAME: {
    group: 'Stores',
    meaning: 'of the servers behind Sentinels, or of every node of a cluster',
    byDefault: 'none',
  },
  REDIS_PASSWORD: { group: 'Stores', meaning: 'its password', secret: true, byDefault: 'none' },
  REDIS_KEY_PREFIX: { group: 'Stores', meaning: 'what every key begins with' },
  KEYWARD_DATA_DIR: { group: 'Stores', meaning: 'where the embedded default keeps its data' },
  AUTH_KEY_ENCRYPTION_KEY: {
    group: 'Keys at rest',
    meaning: 'encrypts private keys and factors in PostgreSQL: 32 random bytes in base64url',
    secret: true,
    byDefault: 'generated in `KEYWARD_DATA_DIR`; required in production',
  },
  AUTH_KEY_ENCRYPTION_KEYS: {
    group: 'Keys at rest',
    meaning: 'the same with versions, the highest encrypts: `1:<key>,2:<key>`',
    secret: true,
    byDefault: 'none',
  },
  AUTH_REFRESH_TOKEN_KEYS: {
    group: 'Keys at rest',
    meaning: 'makes refresh tokens, with versions: `1:<32 random bytes in base64url>`',
    secret: true,
    byDefault: 'derived from the key above; required in production',
  },
  AUTH_SIGNING_ALGORITHM: {
    group: 'Signing keys',
    meaning: 'what tokens are signed with: ES256, ES384, RS256, PS256 or EdDSA',
  },
  AUTH_SIGNING_KEY_ROTATION_SECONDS: {
    group: 'Signing keys',
    meaning: 'how long a signing key signs',
  },
  AUTH_SIGNING_KEY_LEAD_SECONDS: {
    group: 'Signing keys',
    meaning:
      'how long it is published before: at least the greater of the next two, and the two behind them',
  },
  AUTH_JWKS_MAX_AGE_SECONDS: {
    group: 'Signing keys',
    meaning: 'how long resource servers may keep the JWK Set',
  },
  AUTH_JWKS_MIN_FRESH_SECONDS: {
    group: 'Signing keys',
    meaning: 'how long they keep it at least: `minMaxAgeSeconds` of `@keyward/auth`',
  },
  AUTH_JWKS_RETRY_MS: {
    group: 'Signing keys',
    meaning: 'how long one may need to fetch it again after a failure',
  },
  AUTH_SIGNING_KEY_POLL_MS: {
    group: 'Signing keys',
    meaning: 'how often each auth-service looks for what another one changed',
  },
  AUTH_SIGNER: {
    group: 'Signing keys',
    meaning:
      '`socket`: private keys are in a [signer of its own](operations.md#a-signer-of-its-own)',
  },
  AUTH_SIGNER_SOCKET: {
    group: 'Signing keys',
    meaning: 'absolute path of the socket at which it listens',
    byDefault: 'none',
  },
  AUTH_SIGNER_TIMEOUT_MS: { group: 'Signing keys', meaning: 'how long it may take' },
  AUTH_ACCESS_TOKEN_SECONDS: {
    group: 'Tokens and sessions',
    meaning: 'lifetime of an access token',
  },
  AUTH_DPOP_NONCE: {
    group: 'Tokens and sessions',
    meaning: 'whether [DPoP](guides/dpop.md) proofs must hold a nonce of the server, or `off`',
  },
  AUTH_DYNAMIC_REGISTRATION: {
    group: 'Registration by others',
    meaning:
      '`token`: clients may [register themselves](guides/registration.md) by an initial access token',
  },
  AUTH_CLIENT_METADATA_DOCUMENTS: {
    group: 'Registration by others',
    meaning:
      'hosts whose [documents](guides/registration.md#clients-that-publish-what-they-are) are clients, separated by commas; `*`: every host',
  },
  AUTH_CLIENT_METADATA_DOCUMENT_SCOPES: {
    group: 'Registration by others',
    meaning: 'all that such clients may ever ask for, separated by spaces',
    byDefault: 'none',
  },
  AUTH_REGISTRATION_UNUSED_DAYS: {
    group: 'Registration by others',
    meaning:
      'after how many days a client that registered itself, or published what it is, and was never allowed anything is forgotten',
  },
  AUTH_SESSION_IDLE_SECONDS: {
    group: 'Tokens and sessions',
    meaning: 'how long a person stays signed in without doing anything',
  },
  AUTH_SESSION_ABSOLUTE_SECONDS: {
    group: 'Tokens and sessions',
    meaning: 'how long a person stays signed in at most',
  },
  AUTH_REMEMBER_DEVICE_DAYS: {
    group: 'Tokens and sessions',
    meaning:
      'how long a browser may be [remembered](guides/second-factors.md) instead of asking a factor; 0: never',
  },
  AUTH_VIEWS_DIR: {
    group: 'Pages, passwords and mail',
    meaning: 'pages of your own: see [branding](branding.md)',
    byDefault: 'none',
  },
  AUTH_PASSWORD_MIN_LENGTH: {
    group: 'Pages, passwords and mail',
    meaning: 'characters of a password that a person chooses, 8 to 64',
  },
  ...LIMIT_DESCRIPTIONS,
  AUTH_START_TIMEOUT_MS: {
    group: 'Start and end',
    meaning: 'how long a start waits for PostgreSQL and Redis, which may come up later',
  },
  AUTH_MIGRATIONS: {
    group: 'Start and end',
    meaning:
      '`run` migrates at start; `require` refuses a schema that is behind: see [migrations](operations.md#migrations)',
  },
  AUTH_DRAIN_MS: {
    group: 'Start and end',
    meaning: 'from "not ready" to the closed port: until every proxy has noticed',
    byDefault: '`5000` in production, else `0`',
  },
  AUTH_SHUTDOWN_TIMEOUT_MS: {
    group: 'Start and end',
    meaning: 'what requests under way have after that',
  },
  AUTH_SMTP_URL: {
    group: 'Pages, passwords and mail',
    meaning: 'by which server [mail](operations.md#mail) leaves: `smtp://user:password@host:587`',
    secret: true,
    byDefault: 'none: the log in development, no mail in production',
  },
  AUTH_MAIL_FROM: {
    group: 'Pages, passwords and mail',
    meaning: 'from whom it is: `Example <login@example.com>`',
    byDefault: 'none',
  },
  AUTH_AUDIT_RETENTION_DAYS: {
    group: 'Record',
    meaning: 'how long the audit record of each decision is kept',
  },
  ...inLogGroup(observabilityDescriptions('AUTH')),
};

/** The variables that hold a secret. */
export const SECRET_VARIABLES = secretsOf(VARIABLE_DESCRIPTIONS);

function inLogGroup<Name extends string>(descriptions: Readonly<Record<Name, Described>>) {
  const group = 'Log, metrics and traces' as const;
  const entries = Object.entries<Described>(descriptions);
  return Object.fromEntries(entries.map(([name, one]) => [name, { group, ...one }])) as Readonly<
    Record<Name, VariableDescription>
  >;
}
