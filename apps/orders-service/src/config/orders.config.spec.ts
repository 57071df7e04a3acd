import { isAbsolute } from 'node:path';
import { ConfigurationError } from './configuration.error.js';
import { readOrdersConfiguration } from './orders.config.js';

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

  it.each([
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
    ['ORDERS_PAYMENTS_URL', 'https://payments.example'],
    ['ORDERS_RECONCILE_SECONDS', '0'],
    ['ORDERS_WHEN_STALE', 'ignore'],
    ['ORDERS_WHEN_STALE', 'introspect'],
    ['ORDERS_REVOCATIONS_REDIS_URL', 'http://127.0.0.1:6379'],
    ['ORDERS_INTROSPECTION_URL', '/introspect'],
    ['ORDERS_DEMO_CUSTOMER', 'x'.repeat(256)],
  ])('refuses %s=%s and names the variable', (name, value) => {
    expect(() => readOrdersConfiguration({ [name]: value })).toThrow(
      expect.objectContaining({ problems: [expect.stringContaining(name)] }),
    );
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

  it('lists every problem at once', () => {
    const read = () => readOrdersConfiguration({ ORDERS_PORT: 'x', ORDERS_ISSUER: 'y' });
    expect(read).toThrow(ConfigurationError);
    expect(read).toThrow(/ORDERS_PORT[^]*ORDERS_ISSUER/);
  });
});
