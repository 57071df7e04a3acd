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
    ['ORDERS_DEMO_CUSTOMER', 'x'.repeat(256)],
  ])('refuses %s=%s and names the variable', (name, value) => {
    expect(() => readOrdersConfiguration({ [name]: value })).toThrow(
      expect.objectContaining({ problems: [expect.stringContaining(name)] }),
    );
  });

  it('lists every problem at once', () => {
    const read = () => readOrdersConfiguration({ ORDERS_PORT: 'x', ORDERS_ISSUER: 'y' });
    expect(read).toThrow(ConfigurationError);
    expect(read).toThrow(/ORDERS_PORT[^]*ORDERS_ISSUER/);
  });
});
