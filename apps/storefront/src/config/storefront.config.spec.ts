import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigurationError } from '@keyward/configuration';
import { readStorefrontConfiguration } from './storefront.config.js';
import { STOREFRONT_VARIABLES } from './storefront.variables.js';

const MALFORMED: readonly (readonly [name: string, value: string])[] = [
  ['STOREFRONT_PORT', '65536'],
  ['STOREFRONT_PORT', 'http'],
  ['STOREFRONT_URL', 'shop.example'],
  ['STOREFRONT_ISSUER', 'ftp://login.example'],
  ['STOREFRONT_ISSUER_ORIGIN', 'login'],
  ['STOREFRONT_ALGORITHM', 'none'],
  ['STOREFRONT_ORDERS_URL', 'orders'],
  ['STOREFRONT_ORDERS_PUBLIC_URL', '/orders'],
  ['STOREFRONT_ORDERS_AUDIENCE', 'orders'],
  ['STOREFRONT_REDIS_URL', 'http://127.0.0.1'],
  ['STOREFRONT_SEALING_KEYS', 'secret'],
  ['STOREFRONT_INSECURE_HTTP', 'yes'],
  ['STOREFRONT_INSECURE_COOKIES', 'yes'],
  ['STOREFRONT_LOG_LEVEL', 'loud'],
  ['STOREFRONT_LOG_FORMAT', 'xml'],
  ['STOREFRONT_LOG_REQUESTS', '2'],
  ['STOREFRONT_METRICS_PORT', '65536'],
  ['STOREFRONT_METRICS_PORT', 'x'],
  ['STOREFRONT_DRAIN_MS', '-1'],
  ['STOREFRONT_DRAIN_MS', '600001'],
  ['STOREFRONT_TRACE_PARENTS', '10.0.0.0'],
  ['STOREFRONT_TRACE_PARENTS', '10.0.0.0/33'],
  ['STOREFRONT_TRACE_RATIO', '1.5'],
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector:4318'],
];

const KEY = Buffer.alloc(32, 1).toString('base64url');
const REQUIRED = { STOREFRONT_CLIENT_SECRET: 'the-secret-of-the-client' };

function problemsOf(env: NodeJS.ProcessEnv): readonly string[] {
  try {
    readStorefrontConfiguration({ ...REQUIRED, ...env });
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
}

describe('readStorefrontConfiguration', () => {
  it('needs the secret of its client, and nothing else', () => {
    expect(readStorefrontConfiguration(REQUIRED)).toMatchObject({
      host: '127.0.0.1',
      port: 4002,
      issuer: 'http://127.0.0.1:4000',
      clientId: 'storefront',
      redis: undefined,
      insecureHttp: false,
      insecureCookies: false,
    });
    expect(() => readStorefrontConfiguration({})).toThrow(/STOREFRONT_CLIENT_SECRET is missing/);
  });

  it('treats an empty variable as absent', () => {
    const empty = { ...REQUIRED, STOREFRONT_PORT: '', STOREFRONT_REDIS_URL: '' };
    expect(readStorefrontConfiguration(empty)).toEqual(readStorefrontConfiguration(REQUIRED));
  });

  it('encrypts what it keeps in Redis, by the first of its keys', () => {
    const redis = { STOREFRONT_REDIS_URL: 'redis://127.0.0.1:6379' };
    expect(problemsOf(redis)).toEqual([
      'STOREFRONT_SEALING_KEYS is missing: sessions in Redis are encrypted',
    ]);
    const STOREFRONT_SEALING_KEYS = `2:${KEY}, 1:${KEY}`;
    const config = readStorefrontConfiguration({ ...REQUIRED, ...redis, STOREFRONT_SEALING_KEYS });
    expect(config.redis?.sealingKeys.map(({ version }) => version)).toEqual([2, 1]);
  });

  it.each([
    ['a word', 'secret'],
    ['a short key', '1:c2hvcnQ'],
    ['a version out of bounds', `256:${KEY}`],
    ['no version', KEY],
    ['an empty one among them', `1:${KEY},`],
    ['one version twice', `1:${KEY},1:${KEY}`],
  ])('refuses %s for a key, and does not say it', (_, keys) => {
    const env = { STOREFRONT_REDIS_URL: 'redis://127.0.0.1', STOREFRONT_SEALING_KEYS: keys };
    const problems = problemsOf(env);
    expect(problems).toEqual([expect.stringMatching(/^STOREFRONT_SEALING_KEYS must be/)]);
    expect(problems.join()).not.toContain(keys);
  });

  it.each(MALFORMED)('refuses %s=%s and names the variable', (name, value) => {
    expect(problemsOf({ STOREFRONT_SEALING_KEYS: `1:${KEY}`, [name]: value })).toEqual([
      expect.stringMatching(new RegExp(`^${name} must be `)),
    ]);
  });

  it('has a row above for each variable that can be malformed', () => {
    const refused = Object.keys(STOREFRONT_VARIABLES).filter((name) =>
      problemsOf({ [name]: '\u0001' }).some((problem) => problem.startsWith(`${name} must be`)),
    );
    expect([...new Set(MALFORMED.map(([name]) => name))].sort()).toEqual(refused.sort());
  });

  it('reads secrets from files', () => {
    const folder = mkdtempSync(join(tmpdir(), 'keyward-storefront-'));
    const file = (name: string, text: string) => {
      writeFileSync(join(folder, name), `${text}\n`);
      return join(folder, name);
    };
    const config = readStorefrontConfiguration({
      STOREFRONT_CLIENT_SECRET_FILE: file('secret', 'of-the-client'),
      STOREFRONT_REDIS_URL_FILE: file('redis', 'redis://:x@127.0.0.1:6379'),
      STOREFRONT_SEALING_KEYS_FILE: file('keys', `1:${KEY}`),
    });
    expect(config).toMatchObject({
      clientSecret: 'of-the-client',
      redis: { url: 'redis://:x@127.0.0.1:6379', sealingKeys: [{ version: 1 }] },
    });
    rmSync(folder, { recursive: true });
  });

  it('lists every problem at once, what goes together included', () => {
    const redis = 'redis://127.0.0.1';
    const problems = problemsOf({ STOREFRONT_PORT: 'x', STOREFRONT_REDIS_URL: redis });
    expect(problems.map((problem) => problem.split(' ')[0])).toEqual([
      'STOREFRONT_PORT',
      'STOREFRONT_SEALING_KEYS',
    ]);
  });
});
