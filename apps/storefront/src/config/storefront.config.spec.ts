import { ConfigurationError } from './configuration.error.js';
import { readStorefrontConfiguration } from './storefront.config.js';

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
  ])('refuses %s for a key, and does not say it', (_, keys) => {
    const env = { STOREFRONT_REDIS_URL: 'redis://127.0.0.1', STOREFRONT_SEALING_KEYS: keys };
    const problems = problemsOf(env);
    expect(problems).toEqual([expect.stringMatching(/^STOREFRONT_SEALING_KEYS must be/)]);
    expect(problems.join()).not.toContain(keys);
  });

  it.each([
    ['STOREFRONT_PORT', '65536'],
    ['STOREFRONT_PORT', 'http'],
    ['STOREFRONT_URL', 'shop.example'],
    ['STOREFRONT_ISSUER', 'ftp://login.example'],
    ['STOREFRONT_ALGORITHM', 'none'],
    ['STOREFRONT_INSECURE_COOKIES', 'yes'],
    ['STOREFRONT_REDIS_URL', 'http://127.0.0.1'],
  ])('refuses %s=%s and names the variable', (name, value) => {
    expect(problemsOf({ [name]: value })).toEqual(
      expect.arrayContaining([expect.stringContaining(name)]),
    );
  });

  it('lists every problem at once', () => {
    const problems = problemsOf({ STOREFRONT_PORT: 'x', STOREFRONT_ISSUER: 'y' });
    expect(problems).toHaveLength(2);
  });
});
