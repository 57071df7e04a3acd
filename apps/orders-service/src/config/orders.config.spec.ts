import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { ConfigurationError } from '@keyward/configuration';
import { readOrdersConfiguration } from './orders.config.js';
import { ORDERS_VARIABLES } from './orders.variables.js';

const MALFORMED: readonly (readonly [name: string, value: string])[] = [
  ['ORDERS_PORT', 'http'],
  ['ORDERS_PORT', '65536'],
  ['ORDERS_PORT', '-1'],
  ['ORDERS_PORT', '40.5'],
  ['ORDERS_ISSUER', 'login.example'],
  ['ORDERS_ISSUER', 'ftp://login.example'],
  ['ORDERS_AUDIENCE', 'orders'],
  ['ORDERS_JWKS_URI', 'file:///etc/passwd'],
  ['ORDERS_INSECURE_HTTP', 'yes'],
  ['ORDERS_ALGORITHM', 'none'],
  ['ORDERS_TOKEN_URL', '/token'],
  ['ORDERS_REVOCATIONS_URL', 'feed'],
  ['ORDERS_REVOCATIONS_TOKEN_URL', 'ws://login.example'],
  ['ORDERS_REVOCATIONS_REDIS_URL', 'http://127.0.0.1:6379'],
  ['ORDERS_INTROSPECTION_URL', '/introspect'],
  ['ORDERS_WHEN_STALE', 'ignore'],
  ['ORDERS_PAYMENTS_URL', 'payments.example'],
  ['ORDERS_PAYMENTS_AUDIENCE', 'payments'],
  ['ORDERS_RECONCILE_SECONDS', '0'],
  ['ORDERS_RECONCILE_SECONDS', '3601'],
  ['ORDERS_RECONCILE_SECONDS', '1.5'],
  ['ORDERS_CORS_ORIGINS', '*'],
  ['ORDERS_CORS_ORIGINS', 'https://shop.example/'],
  ['ORDERS_DEMO_CUSTOMER', 'x'.repeat(256)],
  ['ORDERS_LOG_LEVEL', 'loud'],
  ['ORDERS_LOG_FORMAT', 'xml'],
  ['ORDERS_LOG_REQUESTS', '2'],
  ['ORDERS_METRICS_PORT', '65536'],
  ['ORDERS_METRICS_PORT', 'x'],
  ['ORDERS_DRAIN_MS', '-1'],
  ['ORDERS_DRAIN_MS', '600001'],
  ['ORDERS_TRACE_PARENTS', '10.0.0.0'],
  ['ORDERS_TRACE_PARENTS', '10.0.0.0/33'],
  ['ORDERS_TRACE_RATIO', '1.5'],
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector:4318'],
];

function problemsOf(environment: NodeJS.ProcessEnv): readonly string[] {
  try {
    readOrdersConfiguration(environment);
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
}

describe('readOrdersConfiguration', () => {
  it('has a default for everything', () => {
    const config = readOrdersConfiguration({});
    expect(config).toMatchObject({
      host: '127.0.0.1',
      port: 4001,
      issuer: 'http://127.0.0.1:4000',
      audience: 'http://127.0.0.1:4001',
      jwksUri: undefined,
      insecureHttp: false,
      algorithm: 'ES256',
      tokenUrl: 'http://127.0.0.1:4000/oauth2/token',
      demoCustomer: undefined,
    });
    expect(isAbsolute(config.file)).toBe(true);
  });

  it('treats an empty variable as absent', () => {
    expect(readOrdersConfiguration({ ORDERS_PORT: '', ORDERS_JWKS_URI: '' })).toEqual(
      readOrdersConfiguration({}),
    );
  });

  it('derives the token URL from the issuer', () => {
    const { tokenUrl } = readOrdersConfiguration({ ORDERS_ISSUER: 'https://login.example/' });
    expect(tokenUrl).toBe('https://login.example/oauth2/token');
  });

  it.each(MALFORMED)('refuses %s=%s and names the variable', (name, value) => {
    const problems = problemsOf({ ORDERS_CLIENT_SECRET: 'kws_of-a-test', [name]: value });
    expect(problems).toEqual([expect.stringMatching(new RegExp(`^${name} must be `))]);
  });

  it('has a row above for each variable that can be malformed', () => {
    const refused = Object.keys(ORDERS_VARIABLES).filter((name) =>
      problemsOf({ [name]: '\u0001' }).some((problem) => problem.startsWith(`${name} must be`)),
    );
    // A subject is any text that is not too long.
    refused.push('ORDERS_DEMO_CUSTOMER');
    expect([...new Set(MALFORMED.map(([name]) => name))].sort()).toEqual(refused.sort());
  });

  it.each([
    ['ORDERS_WHEN_STALE', 'introspect', 'is introspect, which needs ORDERS_CLIENT_SECRET'],
    [
      'ORDERS_PAYMENTS_URL',
      'https://pay.example',
      'needs ORDERS_CLIENT_SECRET, to ask for tokens with',
    ],
  ])('refuses %s=%s without a secret', (name, value, problem) => {
    expect(problemsOf({ [name]: value })).toEqual([`${name} ${problem}`]);
    expect(problemsOf({ [name]: value, ORDERS_CLIENT_SECRET: 'kws_of-a-test' })).toEqual([]);
  });

  it('reads secrets from files', () => {
    const folder = mkdtempSync(join(tmpdir(), 'keyward-orders-'));
    const [secret, redis] = [join(folder, 'secret'), join(folder, 'redis')];
    writeFileSync(secret, 'kws_of-a-test\n');
    writeFileSync(redis, 'rediss://orders:x@redis.example\n');
    const config = readOrdersConfiguration({
      ORDERS_CLIENT_SECRET_FILE: secret,
      ORDERS_REVOCATIONS_REDIS_URL_FILE: redis,
      ORDERS_PAYMENTS_URL: 'https://pay.example',
    });
    expect(config.payments?.clientSecret).toBe('kws_of-a-test');
    expect(config.revocations).toMatchObject({ redisUrl: 'rediss://orders:x@redis.example' });
    rmSync(folder, { recursive: true });
  });

  it('reads revocations from a Redis that is named, else from the issuer, with a secret', () => {
    const secret = { ORDERS_CLIENT_SECRET: 'kws_of-a-test' };
    const redis = { ORDERS_REVOCATIONS_REDIS_URL: 'rediss://orders:x@redis.example' };
    expect(readOrdersConfiguration({}).revocations).toBeUndefined();
    expect(readOrdersConfiguration(secret).revocations).toMatchObject({
      from: 'issuer',
      url: 'http://127.0.0.1:4000/oauth2/revocations',
    });
    expect(readOrdersConfiguration({ ...secret, ...redis }).revocations).toEqual({
      from: 'redis',
      redisUrl: 'rediss://orders:x@redis.example',
      key: 'keyward:revocations',
    });
  });

  it('asks the issuer about tokens only where a silent feed is to mean that', () => {
    const secret = { ORDERS_CLIENT_SECRET: 'kws_of-a-test' };
    expect(readOrdersConfiguration(secret).introspection).toBeUndefined();
    const asking = readOrdersConfiguration({ ...secret, ORDERS_WHEN_STALE: 'introspect' });
    expect(asking).toMatchObject({
      whenStale: 'introspect',
      introspection: { client: { clientId: 'orders-service', clientSecret: 'kws_of-a-test' } },
    });
  });

  it('lists every problem at once, what goes together included, and no value', () => {
    const environment = {
      ORDERS_PORT: 'sesame',
      ORDERS_ISSUER: 'y',
      ORDERS_WHEN_STALE: 'introspect',
    };
    expect(problemsOf(environment).map((problem) => problem.split(' ')[0])).toEqual([
      'ORDERS_PORT',
      'ORDERS_ISSUER',
      'ORDERS_WHEN_STALE',
    ]);
    expect(problemsOf(environment).join()).not.toContain('sesame');
  });
});
