import { parseEnvironment } from './environment.schema.js';
import { ConfigurationError } from './configuration.error.js';
import { parseRedisList, redisServers } from './redis.servers.js';

function problemsOf(environment: NodeJS.ProcessEnv): readonly string[] {
  try {
    parseEnvironment(environment);
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
}

const SENTINELS = { REDIS_SENTINELS: 'a,b:26380', REDIS_SENTINEL_NAME: 'keyward' };

describe('redisServers', () => {
  const serversOf = (environment: NodeJS.ProcessEnv) => redisServers(parseEnvironment(environment));

  it('is nowhere where no variable says so', () => {
    expect(serversOf({})).toBeUndefined();
    expect(serversOf({ REDIS_SENTINELS: '', REDIS_CLUSTER_NODES: '' })).toBeUndefined();
  });

  it('takes a connection string as it is', () => {
    expect(serversOf({ REDIS_URL: 'rediss://:p@redis' })).toEqual({ url: 'rediss://:p@redis' });
  });

  it('signs in at Sentinels and at what they watch by passwords of their own', () => {
    const servers = serversOf({
      REDIS_SENTINELS: 'rediss://watch:p%40ss@a, rediss://[::1]:26380',
      REDIS_SENTINEL_NAME: 'keyward',
      REDIS_USERNAME: 'keyward',
      REDIS_PASSWORD: 'secret',
    });
    expect(servers).toEqual({
      sentinels: [
        { host: 'a', port: 26379, username: 'watch', password: 'p@ss', tls: true },
        { host: '::1', port: 26380, username: undefined, password: undefined, tls: true },
      ],
      masterName: 'keyward',
      access: { username: 'keyward', password: 'secret', tls: true },
    });
  });

  it('signs in at every node of a cluster by one password', () => {
    expect(serversOf({ REDIS_CLUSTER_NODES: 'a:7000,b', REDIS_PASSWORD: 'secret' })).toEqual({
      clusterNodes: [
        { host: 'a', port: 7000 },
        { host: 'b', port: 6379 },
      ],
      access: { username: undefined, password: 'secret', tls: false },
    });
  });
});

describe('parseRedisList', () => {
  it.each([
    '',
    'a,,b',
    'a:b',
    'a:70000',
    'http://a',
    'redis://a/1',
    'redis://a?b',
    'redis://',
    'redis://a,rediss://b',
    'redis://:%zz@a',
  ])('does not understand %j', (value) => {
    expect(parseRedisList(value)).toBeNull();
  });
});

describe('the variables of Redis', () => {
  it.each([
    ['two places', { ...SENTINELS, REDIS_URL: 'redis://a' }, /REDIS_URL and REDIS_SENTINELS excl/],
    ['three places', { ...SENTINELS, REDIS_URL: 'redis://a', REDIS_CLUSTER_NODES: 'a' }, /NODES e/],
    ['no name', { REDIS_SENTINELS: 'a' }, /must be set together/],
    ['a name only', { REDIS_SENTINEL_NAME: 'a' }, /must be set together/],
    ['a password beside a URL', { REDIS_URL: 'redis://a', REDIS_PASSWORD: 'a' }, /^REDIS_PASSWORD/],
    ['a name beside a URL', { REDIS_URL: 'redis://a', REDIS_USERNAME: 'a' }, /^REDIS_USERNAME is/],
    [
      'a malformed list of Sentinels',
      { ...SENTINELS, REDIS_SENTINELS: 'a:b' },
      /^REDIS_SENTINELS must/,
    ],
    [
      'a malformed master',
      { ...SENTINELS, REDIS_SENTINEL_NAME: 'a b' },
      /^REDIS_SENTINEL_NAME must be up to 64/,
    ],
    ['a malformed prefix', { REDIS_KEY_PREFIX: 'a'.repeat(65) }, /^REDIS_KEY_PREFIX must be up to/],
    ['a password in a node', { REDIS_CLUSTER_NODES: 'redis://:p@a' }, /must hold no password/],
    ['a malformed list', { REDIS_CLUSTER_NODES: 'a:b' }, /^REDIS_CLUSTER_NODES must be host:port/],
  ])('must not name %s', (_, environment, expected) => {
    expect(problemsOf(environment)).toEqual([expect.stringMatching(expected)]);
  });

  it.each([
    { REDIS_CLUSTER_NODES: 'a', REDIS_PASSWORD: 'change-me' },
    { REDIS_SENTINELS: 'redis://:example-password@a', REDIS_SENTINEL_NAME: 'a' },
  ])('must not hold an example password in production: %j', (redis) => {
    const problems = problemsOf({ NODE_ENV: 'production', ...redis }).join();
    expect(problems).toMatch(/REDIS_\w+ contains an example password/);
    expect(problems).not.toMatch(/REDIS_URL is required/);
  });
});
