import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { ClientAuthenticator } from './client-authentication/client.authenticator.js';
import { SECRETS } from './testing/bootstrap.fixture.js';
import { basic, TestApplication } from './testing/test-application.js';

describe('the log', () => {
  const lines: string[] = [];
  let server: TestApplication;
  beforeAll(async () => {
    for (const stream of [process.stdout, process.stderr]) {
      jest.spyOn(stream, 'write').mockImplementation((chunk) => lines.push(String(chunk)) > 0);
    }
    server = await TestApplication.start({
      logLevels: ['verbose', 'debug', 'log', 'warn', 'error', 'fatal'],
      environment: { NODE_ENV: 'test' },
    });
  });
  afterAll(async () => {
    await server.stop();
    jest.restoreAllMocks();
    Logger.overrideLogger(false);
  });

  it('tells why a client was refused, and holds neither a secret nor a token', async () => {
    const { access_token } = await server.token('shop');
    const wrong = 'wrong-secret-wrong-secret';
    const attempts = [
      server.post('/oauth2/token', 'grant_type=client_credentials', basic('shop', wrong)),
      server.post('/oauth2/token', 'grant_type=client_credentials', basic('nobody', wrong)),
      server.post('/oauth2/token', {
        client_id: 'shop',
        client_secret: SECRETS['SECRET_OF_shop'] ?? '',
      }),
      server.post('/oauth2/token', `client_secret=${wrong}&client_secret=${wrong}`),
      server.post('/oauth2/token', `grant_type=${wrong}`, basic('shop')),
      server.post('/oauth2/token', `grant_type=client_credentials&scope=${wrong}`, basic('shop')),
      server.post('/oauth2/revoke', { token: access_token }, basic('warehouse')),
      server.post('/oauth2/revoke', { token: access_token }, basic('shop')),
      server.post('/oauth2/introspect', { token: access_token }, basic('orders')),
      fetch(server.url(`/oauth2/token?client_secret=${wrong}`)),
    ];
    for (const attempt of attempts) await attempt;

    const log = lines.join('');
    expect(log).toContain('client shop: wrong secret');
    expect(log).toContain('there is no such client');
    expect(log).toContain('client shop: is registered for client_secret_basic alone');
    expect(log).toContain('client warehouse tried to revoke a token of another client');
    for (const secret of [wrong, access_token, ...Object.values(SECRETS)]) {
      expect(log).not.toContain(secret);
    }
  });

  it('names the request of a refusal by the id that the caller gave it', async () => {
    const form = 'grant_type=client_credentials';
    const headers = { ...basic('shop', 'wrong'), 'x-request-id': 'the-callers-own' };
    const response = await server.post('/oauth2/token', form, headers);
    expect(response.headers.get('x-request-id')).toBe('the-callers-own');
    expect(lines.join('')).toContain('at /oauth2/token, request the-callers-own: ');
  });

  it('answers an unexpected error with a reference, and keeps the rest for the log', async () => {
    const authenticator = server.app.get(ClientAuthenticator);
    const failing = jest.spyOn(authenticator, 'authenticate').mockImplementation(() => {
      throw new TypeError('a bug with internals');
    });
    const response = await server.post('/oauth2/token', 'grant_type=x', basic('shop'));
    failing.mockRestore();
    expect(response.status).toBe(500);
    expect(response.headers.get('cache-control')).toBe('no-store');
    const body = (await response.json()) as { error: string; error_description: string };
    expect(body.error).toBe('server_error');
    const reference = /^an unexpected error, reference ([\da-f-]{36})$/.exec(
      body.error_description,
    );
    const log = lines.join('');
    expect(log).toContain(`server_error ${reference?.[1]}`);
    expect(log).toContain('a bug with internals');
  });
});
