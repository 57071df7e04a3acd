import { resolve } from 'node:path';
import { REQUEST_LIMIT_NAMES, REQUEST_LIMITS } from '../limits/request-limit.names.js';
import { parseRequestRate } from '../limits/request.rate.js';
import { ConfigurationError } from './configuration.error.js';
import { limitVariableOf } from './limit.variables.js';
import { parseEnvironment } from './environment.schema.js';
import { VARIABLE_DESCRIPTIONS } from './variable.descriptions.js';

const KEY = Buffer.alloc(32, 1).toString('base64url');

const LIMITS_BY_DEFAULT = Object.fromEntries(
  REQUEST_LIMIT_NAMES.map((name) => [
    limitVariableOf(name),
    parseRequestRate(REQUEST_LIMITS[name].byDefault),
  ]),
);

const PRODUCTION = {
  NODE_ENV: 'production',
  DATABASE_URL: 'postgres://keyward:a-password@db/keyward',
  REDIS_URL: 'rediss://:a-password@redis:6379',
  AUTH_ISSUER: 'https://login.example.com',
  AUTH_KEY_ENCRYPTION_KEY: KEY,
  AUTH_REFRESH_TOKEN_KEYS: `1:${KEY}`,
};

const MALFORMED: readonly (readonly [name: string, value: string])[] = [
  ['AUTH_LIMIT_TOKEN', '100'],
  ['AUTH_LIMIT_TOKEN', '0/s'],
  ['AUTH_LIMIT_PAGES', 'none'],
  ['AUTH_PORT', 'http'],
  ['AUTH_PORT', '-1'],
  ['AUTH_PORT', '65536'],
  ['AUTH_PORT', '40.5'],
  ['AUTH_ISSUER', 'login.example.com'],
  ['AUTH_ISSUER', 'https://login.example.com/'],
  ['AUTH_ISSUER', 'https://login.example.com/tenant'],
  ['AUTH_ISSUER', 'https://login.example.com?a=b'],
  ['AUTH_ISSUER', 'https://user@login.example.com'],
  ['AUTH_ISSUER', 'HTTPS://login.example.com'],
  ['AUTH_ISSUER', 'ftp://login.example.com'],
  ['AUTH_CORS_ORIGINS', '*'],
  ['AUTH_CORS_ORIGINS', 'https://a.example.com,b.example.com'],
  ['AUTH_CORS_ORIGINS', 'https://a.example.com/'],
  ['DATABASE_URL', 'mysql://db/x'],
  ['DATABASE_URL', 'nonsense'],
  ['REDIS_URL', 'http://redis'],
  ['REDIS_KEY_PREFIX', 'a b'],
  ['AUTH_KEY_ENCRYPTION_KEY', 'c2hvcnQ'],
  ['AUTH_KEY_ENCRYPTION_KEY', `${KEY}*`],
  ['AUTH_KEY_ENCRYPTION_KEYS', KEY],
  ['AUTH_KEY_ENCRYPTION_KEYS', `1:${KEY},1:${KEY}`],
  ['AUTH_REFRESH_TOKEN_KEYS', KEY],
  ['AUTH_REFRESH_TOKEN_KEYS', '1:c2hvcnQ'],
  ['AUTH_REFRESH_TOKEN_KEYS', `0:${KEY}`],
  ['AUTH_REFRESH_TOKEN_KEYS', `256:${KEY}`],
  ['AUTH_REFRESH_TOKEN_KEYS', `1:${KEY},1:${KEY}`],
  ['AUTH_REFRESH_TOKEN_KEYS', `1:${KEY},`],
  ['AUTH_SIGNING_ALGORITHM', 'HS256'],
  ['AUTH_SIGNING_ALGORITHM', 'none'],
  ['AUTH_SIGNING_KEY_ROTATION_SECONDS', '30d'],
  ['AUTH_SIGNING_KEY_LEAD_SECONDS', '-1'],
  ['AUTH_SIGNING_KEY_POLL_MS', '99.5'],
  ['AUTH_JWKS_MAX_AGE_SECONDS', '86401'],
  ['AUTH_JWKS_MIN_FRESH_SECONDS', '0'],
  ['AUTH_SIGNER', 'hsm'],
  ['AUTH_SIGNER_SOCKET', 'signer.sock'],
  ['AUTH_SIGNER_TIMEOUT_MS', '30001'],
  ['AUTH_ACCESS_TOKEN_SECONDS', '0'],
  ['AUTH_ACCESS_TOKEN_SECONDS', '3601'],
  ['AUTH_ACCESS_TOKEN_SECONDS', '5m'],
  ['AUTH_SESSION_IDLE_SECONDS', '0'],
  ['AUTH_SESSION_ABSOLUTE_SECONDS', '2592001'],
  ['AUTH_INSECURE_HTTP_ISSUER', 'yes'],
  ['AUTH_TRUSTED_PROXIES', '*'],
  ['AUTH_TRUSTED_PROXIES', '0.0.0.0/0'],
  ['AUTH_TRUSTED_PROXIES', '10.0.0.0/8,,127.0.0.1'],
  ['AUTH_AUDIT_RETENTION_DAYS', '0'],
  ['AUTH_AUDIT_RETENTION_DAYS', '3651'],
  ['AUTH_OUTBOUND_ALLOWED_HOSTS', 'https://keys.internal'],
  ['AUTH_DYNAMIC_REGISTRATION', 'open'],
  ['AUTH_CLIENT_METADATA_DOCUMENTS', 'https://app.example.com'],
  ['AUTH_CLIENT_METADATA_DOCUMENTS', 'app.example.com/'],
  ['AUTH_CLIENT_METADATA_DOCUMENTS', 'app.example.com:443'],
  ['AUTH_CLIENT_METADATA_DOCUMENTS', 'App.example.com'],
  ['AUTH_CLIENT_METADATA_DOCUMENTS', '*.example.com'],
  ['AUTH_CLIENT_METADATA_DOCUMENTS', 'app.example.com,*'],
  ['AUTH_CLIENT_METADATA_DOCUMENTS', 'app.example.com,'],
  ['AUTH_CLIENT_METADATA_DOCUMENT_SCOPES', 'orders:read,orders:write "'],
  ['AUTH_CLIENT_METADATA_DOCUMENT_SCOPES', 'orders:read admin:users'],
  ['AUTH_REGISTRATION_UNUSED_DAYS', '0'],
  ['AUTH_REGISTRATION_UNUSED_DAYS', '366'],
  ['AUTH_PASSWORD_MIN_LENGTH', '7'],
  ['AUTH_PASSWORD_MIN_LENGTH', '65'],
  ['AUTH_PASSWORD_MIN_LENGTH', 'long'],
  ['AUTH_START_TIMEOUT_MS', '600001'],
  ['AUTH_DRAIN_MS', '-1'],
  ['AUTH_DRAIN_MS', '600001'],
  ['AUTH_SHUTDOWN_TIMEOUT_MS', '99'],
  ['AUTH_MIGRATIONS', 'skip'],
  ['AUTH_LOG_LEVEL', 'loud'],
  ['AUTH_LOG_FORMAT', 'xml'],
  ['AUTH_LOG_REQUESTS', '2'],
  ['AUTH_METRICS_PORT', 'x'],
  ['AUTH_METRICS_PORT', '65536'],
  ['AUTH_TRACE_PARENTS', '10.0.0.0'],
  ['AUTH_TRACE_PARENTS', '10.0.0.0/33'],
  ['AUTH_TRACE_RATIO', '1.5'],
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector:4318'],
  ['AUTH_JWKS_RETRY_MS', '99'],
  ['AUTH_SIGNING_KEY_POLL_MS', '60001'],
  ['AUTH_DPOP_NONCE', 'optional'],
  ['AUTH_REMEMBER_DEVICE_DAYS', 'x'],
  ['AUTH_REMEMBER_DEVICE_DAYS', '1.5'],
  ['AUTH_REMEMBER_DEVICE_DAYS', '-1'],
  ['AUTH_REMEMBER_DEVICE_DAYS', '91'],
];

/** By the specs beside this one: those of mail, of Redis and of TLS. */
const TESTED_ELSEWHERE = /^(AUTH_(SMTP|MAIL|TLS|MTLS|CLIENT_CERTIFICATE)_|REDIS_)/;

function problemsOf(environment: NodeJS.ProcessEnv): readonly string[] {
  try {
    parseEnvironment(environment);
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
}

describe('parseEnvironment', () => {
  it('needs nothing at all for a development machine', () => {
    expect(parseEnvironment({})).toEqual({
      NODE_ENV: 'development',
      AUTH_HOST: '127.0.0.1',
      AUTH_PORT: 4000,
      AUTH_DPOP_NONCE: 'required',
      AUTH_DYNAMIC_REGISTRATION: 'off',
      AUTH_CLIENT_METADATA_DOCUMENTS: [],
      AUTH_REGISTRATION_UNUSED_DAYS: 30,
      AUTH_INSECURE_HTTP_ISSUER: false,
      REDIS_KEY_PREFIX: 'keyward:',
      KEYWARD_DATA_DIR: resolve('.keyward'),
      AUTH_SIGNING_ALGORITHM: 'ES256',
      AUTH_SIGNING_KEY_ROTATION_SECONDS: 2_592_000,
      AUTH_SIGNING_KEY_LEAD_SECONDS: 86_400,
      AUTH_SIGNING_KEY_POLL_MS: 30_000,
      AUTH_JWKS_MAX_AGE_SECONDS: 300,
      AUTH_JWKS_RETRY_MS: 60_000,
      AUTH_JWKS_MIN_FRESH_SECONDS: 30,
      AUTH_SIGNER: 'row',
      AUTH_SIGNER_TIMEOUT_MS: 2000,
      AUTH_ACCESS_TOKEN_SECONDS: 300,
      AUTH_PASSWORD_MIN_LENGTH: 12,
      AUTH_START_TIMEOUT_MS: 30_000,
      AUTH_SHUTDOWN_TIMEOUT_MS: 10_000,
      AUTH_MIGRATIONS: 'run',
      AUTH_TRUSTED_PROXIES: [],
      AUTH_AUDIT_RETENTION_DAYS: 365,
      AUTH_SESSION_IDLE_SECONDS: 7200,
      AUTH_REMEMBER_DEVICE_DAYS: 0,
      AUTH_SESSION_ABSOLUTE_SECONDS: 43_200,
      ...LIMITS_BY_DEFAULT,
      AUTH_LOG_LEVEL: 'info',
      AUTH_LOG_REQUESTS: { failures: false, ratio: 0 },
      AUTH_METRICS_HOST: '127.0.0.1',
      AUTH_TRACE_PARENTS: ['127.0.0.0/8', '::1/128'],
      AUTH_TRACE_RATIO: 1,
    });
  });

  it('takes an empty variable as an absent one', () => {
    const empty = { AUTH_PORT: '', DATABASE_URL: '', REDIS_URL: '', AUTH_SIGNING_ALGORITHM: '' };
    expect(parseEnvironment(empty)).toEqual(parseEnvironment({}));
  });

  it('decodes the key encryption key', () => {
    const { AUTH_KEY_ENCRYPTION_KEY } = parseEnvironment({ AUTH_KEY_ENCRYPTION_KEY: KEY });
    expect(AUTH_KEY_ENCRYPTION_KEY).toEqual(Buffer.alloc(32, 1));
  });

  it.each(MALFORMED)('refuses %s=%s and does not repeat the value', (name, value) => {
    const [problem, ...others] = problemsOf({ [name]: value });
    expect(problem).toMatch(new RegExp(`^${name} must be `));
    expect(others).toEqual([]);
    if (name.includes('KEY') && name.startsWith('AUTH')) expect(problem).not.toContain(value);
  });

  it('has a row above for each variable that can be malformed', () => {
    const refused = Object.keys(VARIABLE_DESCRIPTIONS).filter((name) =>
      problemsOf({ [name]: '\u0001' }).some((problem) => problem.startsWith(`${name} must be`)),
    );
    const alone = refused.filter((name) => !name.startsWith('AUTH_LIMIT_'));
    const tested = new Set(MALFORMED.map(([name]) => name));
    expect(alone.filter((name) => !tested.has(name) && !TESTED_ELSEWHERE.test(name))).toEqual([]);
  });

  it('lets no documents of clients count for nothing that they could ask for', () => {
    const hosts = { AUTH_CLIENT_METADATA_DOCUMENTS: 'app.example.com,localhost:8443' };
    expect(problemsOf(hosts)).toEqual([
      'AUTH_CLIENT_METADATA_DOCUMENTS needs AUTH_CLIENT_METADATA_DOCUMENT_SCOPES',
    ]);
    const scopes = { AUTH_CLIENT_METADATA_DOCUMENT_SCOPES: 'openid orders:read' };
    expect(problemsOf({ ...hosts, ...scopes })).toEqual([]);
  });

  it.each(REQUEST_LIMIT_NAMES.map(limitVariableOf))(
    'refuses a rate that is none for %s',
    (name) => {
      expect(problemsOf({ [name]: '100' })).toEqual([
        expect.stringMatching(new RegExp(`^${name} must be a rate`)),
      ]);
    },
  );

  it('takes the key encryption key once: alone, or by version', () => {
    const keys = `1:${KEY},2:${Buffer.alloc(32, 2).toString('base64url')}`;
    expect(
      problemsOf({ ...PRODUCTION, AUTH_KEY_ENCRYPTION_KEY: '', AUTH_KEY_ENCRYPTION_KEYS: keys }),
    ).toEqual([]);
    expect(problemsOf({ ...PRODUCTION, AUTH_KEY_ENCRYPTION_KEYS: keys })).toEqual([
      expect.stringMatching(/^AUTH_KEY_ENCRYPTION_KEYS takes the place of/),
    ]);
    const example = { AUTH_KEY_ENCRYPTION_KEY: '', AUTH_KEY_ENCRYPTION_KEYS: '1:change-me' };
    expect(problemsOf({ ...PRODUCTION, ...example })).toContainEqual(
      expect.stringMatching(/^AUTH_KEY_ENCRYPTION_KEYS contains an example value/),
    );
  });

  it.each([
    [{ AUTH_SIGNING_KEY_LEAD_SECONDS: '389' }, /^AUTH_SIGNING_KEY_LEAD_SECONDS .* at least 390 /],
    [{ AUTH_JWKS_MAX_AGE_SECONDS: '86400' }, /^AUTH_SIGNING_KEY_LEAD_SECONDS .* at least 86490 /],
    // What @keyward/auth keeps for 30 seconds it keeps for 30 seconds, whatever max-age says.
    [
      { AUTH_JWKS_MAX_AGE_SECONDS: '1', AUTH_SIGNING_KEY_LEAD_SECONDS: '119' },
      /^AUTH_SIGNING_KEY_LEAD_SECONDS .* at least 120 /,
    ],
    [{ AUTH_SIGNER: 'socket' }, /^AUTH_SIGNER_SOCKET must be set/],
    [
      { AUTH_SIGNING_KEY_ROTATION_SECONDS: '86399' },
      /^AUTH_SIGNING_KEY_ROTATION_SECONDS .* AUTH_SIGNING_KEY_LEAD_SECONDS/,
    ],
  ])('refuses %j: a key would sign before everyone knows it', (environment, problem) => {
    expect(problemsOf(environment)).toEqual([expect.stringMatching(problem)]);
    expect(problemsOf({ AUTH_SIGNING_KEY_LEAD_SECONDS: '390' })).toEqual([]);
  });

  it('lists every problem at once, those of production included', () => {
    const problems = problemsOf({ NODE_ENV: 'production', AUTH_PORT: 'x', REDIS_URL: 'x' });
    expect(problems.map((problem) => problem.split(' ')[0])).toEqual([
      'AUTH_PORT',
      'REDIS_URL',
      'DATABASE_URL',
      'AUTH_KEY_ENCRYPTION_KEY',
      'AUTH_REFRESH_TOKEN_KEYS',
      'AUTH_ISSUER',
    ]);
  });
});

describe('production', () => {
  it('starts with servers, an https issuer and a secret of its own', () => {
    expect(problemsOf(PRODUCTION)).toEqual([]);
  });

  it.each([
    ['no DATABASE_URL', { DATABASE_URL: undefined }, /^DATABASE_URL is required in production/],
    ['no REDIS_URL', { REDIS_URL: '' }, /^REDIS_URL is required in production/],
    ['no issuer', { AUTH_ISSUER: undefined }, /^AUTH_ISSUER is required/],
    ['an http issuer', { AUTH_ISSUER: 'http://a.example.com' }, /^AUTH_ISSUER must be https/],
    [
      'an http address for client certificates',
      {
        AUTH_MTLS_ISSUER_URL: 'http://mtls.example.com',
        AUTH_CLIENT_CERTIFICATE_HEADER: 'client-cert',
        AUTH_TRUSTED_PROXIES: '10.0.0.1',
      },
      /^AUTH_MTLS_ISSUER_URL must be https/,
    ],
    ['no key', { AUTH_KEY_ENCRYPTION_KEY: undefined }, /^AUTH_KEY_ENCRYPTION_KEY is required/],
    [
      'no key for refresh tokens',
      { AUTH_REFRESH_TOKEN_KEYS: undefined },
      /^AUTH_REFRESH_TOKEN_KEYS is required/,
    ],
    [
      'an example password for PostgreSQL',
      { DATABASE_URL: 'postgres://a:change-me@db/a' },
      /^DATABASE_URL contains an example password/,
    ],
    [
      'an example password for Redis',
      { REDIS_URL: 'redis://:example-password@redis' },
      /^REDIS_URL contains an example password/,
    ],
    [
      'a trusted network that half the world is in',
      { AUTH_TRUSTED_PROXIES: '127.0.0.1, 128.0.0.0/1' },
      /^AUTH_TRUSTED_PROXIES names a network wider/,
    ],
  ])('refuses %s', (_, change, expected) => {
    expect(problemsOf({ ...PRODUCTION, ...change })).toEqual([expect.stringMatching(expected)]);
  });

  it.each(['change-me', 'changeme-please-changeme-please-changeme', 'example-key', 'tooshort'])(
    'refuses the key encryption key %s',
    (value) => {
      const problems = problemsOf({ ...PRODUCTION, AUTH_KEY_ENCRYPTION_KEY: value });
      expect(problems).toContainEqual(
        expect.stringMatching(/^AUTH_KEY_ENCRYPTION_KEY is (an example value|shorter than 32)/),
      );
      expect(problems.join()).not.toContain(value);
    },
  );

  it('refuses an example key for refresh tokens', () => {
    const example = `1:${KEY},2:change-me-to-32-random-bytes-in-base64url`;
    const problems = problemsOf({ ...PRODUCTION, AUTH_REFRESH_TOKEN_KEYS: example });
    expect(problems).toContainEqual(
      expect.stringMatching(/^AUTH_REFRESH_TOKEN_KEYS contains an example value/),
    );
    expect(problems.join()).not.toContain('change-me');
  });

  it('takes private networks as they are', () => {
    const change = { AUTH_TRUSTED_PROXIES: '10.0.0.0/8,fc00::/7,192.0.2.1' };
    expect(problemsOf({ ...PRODUCTION, ...change })).toEqual([]);
  });

  it('lets an http issuer through where that is spelled out', () => {
    const change = { AUTH_ISSUER: 'http://auth.internal', AUTH_INSECURE_HTTP_ISSUER: 'true' };
    expect(problemsOf({ ...PRODUCTION, ...change })).toEqual([]);
  });
});
