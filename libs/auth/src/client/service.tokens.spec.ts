/** Tokens that are asked for, kept and renewed, at a token endpoint of real sockets. */
import { type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { ACCESS_TOKEN_TYPE, TOKEN_EXCHANGE_GRANT } from '@keyward/oauth';
import { jwtVerify } from 'jose';
import { answerJson, ScriptedService } from '../spec-support/scripted-service.js';
import { generateSigningKey } from '../testing/signing-key.js';
import { TestClock } from '../testing/test-clock.js';
import { TokenRequestError, TokenUnavailableError } from './service-client.errors.js';
import { type ServiceTokenOptions } from './service-token.options.js';
import { ServiceTokens } from './service.tokens.js';

const SECRET = 'a secret: with + and ü';
const PAYMENTS = { resource: 'https://payments.example', scope: 'payments:read' };
const LIFETIME = 300;

describe('ServiceTokens', () => {
  let server: ScriptedService;
  let clock: TestClock;
  let issued: number;
  let lifetime: number;

  beforeEach(async () => {
    server = await ScriptedService.start();
    clock = new TestClock();
    issued = 0;
    lifetime = LIFETIME;
    server.answer = (_, response) => issue(response);
  });
  afterEach(() => server.close());

  const issue = (response: ServerResponse, more: object = {}) =>
    answerJson(response, 200, {
      access_token: `token-${(issued += 1)}`,
      token_type: 'Bearer',
      expires_in: lifetime,
      ...more,
    });
  const tokensWith = (more: Partial<ServiceTokenOptions> = {}) =>
    new ServiceTokens({
      issuer: server.url,
      tokenEndpoint: `${server.url}/token`,
      client: { clientId: 'or:ders', clientSecret: SECRET },
      clock: clock.now,
      ...more,
    });
  const own = async (tokens: ServiceTokens, target = PAYMENTS) =>
    (await tokens.own(target)).token.accessToken;
  const exchanged = async (tokens: ServiceTokens, accessToken: string, expiresAtMs?: number) =>
    (await tokens.exchanged({ accessToken, ...(expiresAtMs && { expiresAtMs }) }, PAYMENTS)).token
      .accessToken;
  const failureOf = (work: Promise<unknown>) =>
    work.then(
      () => 'a token',
      (error: unknown) => error,
    );

  describe('of the service itself', () => {
    it('are asked for by the client credentials grant, for one resource and scope', async () => {
      expect(await own(tokensWith())).toBe('token-1');
      expect(Object.fromEntries(server.lastForm)).toEqual({
        grant_type: 'client_credentials',
        ...PAYMENTS,
      });
    });

    it('are remembered until shortly before their end, each resource and scope for itself', async () => {
      const tokens = tokensWith();
      expect(await own(tokens)).toBe('token-1');
      expect(await own(tokens, { ...PAYMENTS, scope: 'payments:write' })).toBe('token-2');
      expect(await own(tokens, { ...PAYMENTS, resource: 'https://other.example' })).toBe('token-3');
      clock.advanceSeconds(LIFETIME * 0.6);
      expect(await own(tokens)).toBe('token-1');
      expect(tokens.snapshot()).toEqual({
        remembered: 1,
        waited: 3,
        requests: { succeeded: 3, failed: 0 },
      });
    });

    it('cost one request for a hundred calls at once', async () => {
      const tokens = tokensWith();
      const all = await Promise.all(Array.from({ length: 100 }, () => own(tokens)));
      expect(new Set(all)).toEqual(new Set(['token-1']));
      expect(server.asked).toHaveLength(1);
    });

    it('are renewed ahead of their end behind the call, by one request', async () => {
      const tokens = tokensWith();
      await own(tokens);
      clock.advanceSeconds(LIFETIME * 0.9);
      const during = await Promise.all(Array.from({ length: 20 }, () => own(tokens)));
      expect(new Set(during)).toEqual(new Set(['token-1']));
      await until(() => issued === 2);
      await until(async () => (await own(tokens)) === 'token-2');
      expect(server.asked).toHaveLength(2);
    });

    it('are used until their end where renewing fails, and tried again only now and then', async () => {
      const tokens = tokensWith();
      await own(tokens);
      server.answer = (_, response) => response.writeHead(500).end();
      clock.advanceSeconds(LIFETIME * 0.9);
      for (let call = 0; call < 5; call += 1) {
        expect(await own(tokens)).toBe('token-1');
        await sleep(20);
      }
      expect(server.asked).toHaveLength(2);
      clock.advanceSeconds(LIFETIME * 0.1);
      expect(await failureOf(own(tokens))).toBeInstanceOf(TokenUnavailableError);
    });

    it('are not handed out with next to nothing left', async () => {
      const tokens = tokensWith();
      await own(tokens);
      clock.advanceSeconds(LIFETIME - 4);
      expect(await own(tokens)).toBe('token-2');
    });

    it('are asked for anew once they are given back, and what replaced them stays', async () => {
      const tokens = tokensWith();
      const [first, second] = await Promise.all([tokens.own(PAYMENTS), tokens.own(PAYMENTS)]);
      first.forget();
      expect(await own(tokens)).toBe('token-2');
      second.forget();
      expect(await own(tokens)).toBe('token-2');
    });
  });

  describe('on behalf of a caller', () => {
    it('are exchanged for the token that the caller presented', async () => {
      expect(await exchanged(tokensWith(), 'of-alice')).toBe('token-1');
      expect(Object.fromEntries(server.lastForm)).toEqual({
        grant_type: TOKEN_EXCHANGE_GRANT,
        subject_token: 'of-alice',
        subject_token_type: ACCESS_TOKEN_TYPE,
        requested_token_type: ACCESS_TOKEN_TYPE,
        ...PAYMENTS,
      });
    });

    it('are remembered for that very token and no other', async () => {
      const tokens = tokensWith();
      expect(await exchanged(tokens, 'of-alice')).toBe('token-1');
      expect(await exchanged(tokens, 'of-bob')).toBe('token-2');
      expect(await exchanged(tokens, 'of-alice')).toBe('token-1');
      expect(await own(tokens)).toBe('token-3');
    });

    it('cost one exchange for a hundred calls of one caller', async () => {
      const tokens = tokensWith();
      await Promise.all(Array.from({ length: 100 }, () => exchanged(tokens, 'of-alice')));
      expect(server.asked).toHaveLength(1);
    });

    it('end no later than what they were exchanged for', async () => {
      const tokens = tokensWith();
      const endMs = clock.now() + 60_000;
      expect(await exchanged(tokens, 'of-alice', endMs)).toBe('token-1');
      clock.advanceSeconds(50);
      expect(await exchanged(tokens, 'of-alice', endMs)).toBe('token-1');
      clock.advanceSeconds(11);
      expect(await exchanged(tokens, 'of-alice', endMs)).toBe('token-2');
    });

    it('are bounded: what was used least recently goes', async () => {
      const tokens = tokensWith({ maxExchangedTokens: 2 });
      await exchanged(tokens, 'a');
      await exchanged(tokens, 'b');
      await exchanged(tokens, 'a');
      await exchanged(tokens, 'c');
      expect(await exchanged(tokens, 'a')).toBe('token-1');
      expect(await exchanged(tokens, 'b')).toBe('token-4');
    });
  });

  describe('are asked for by a client that authenticates', () => {
    it('by its secret, form-encoded first', async () => {
      await own(tokensWith());
      const [scheme, credentials = ''] = (server.last.headers.authorization ?? '').split(' ');
      expect([scheme, Buffer.from(credentials, 'base64').toString()]).toEqual([
        'Basic',
        'or%3Aders:a+secret%3A+with+%2B+and+%C3%BC',
      ]);
    });

    it('by a short assertion of its key for the issuer, another one each time', async () => {
      const { privateKey, publicKey } = generateSigningKey('ES256');
      const client = {
        clientId: 'orders',
        method: 'private_key_jwt',
        algorithm: 'ES256',
        privateKey,
        keyId: 'k1',
      } as const;
      const tokens = tokensWith({ client, clock: Date.now });
      const jtis = new Set<unknown>();
      for (const scope of ['a', 'b']) {
        await own(tokens, { ...PAYMENTS, scope });
        expect(server.last.headers.authorization).toBeUndefined();
        const assertion = server.lastForm.get('client_assertion') ?? '';
        const { payload, protectedHeader } = await jwtVerify(assertion, publicKey, {
          ...{ issuer: 'orders', subject: 'orders', audience: server.url },
          requiredClaims: ['jti', 'exp'],
        });
        expect(protectedHeader).toEqual({ alg: 'ES256', typ: 'JWT', kid: 'k1' });
        expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBeLessThanOrEqual(60);
        jtis.add(payload.jti);
      }
      expect(jtis.size).toBe(2);
    });
  });

  describe('where the authorization server', () => {
    it('has metadata, are asked for at the endpoint that it names', async () => {
      server.answer = ({ path }, response) =>
        path === '/.well-known/oauth-authorization-server'
          ? answerJson(response, 200, { issuer: server.url, token_endpoint: `${server.url}/found` })
          : issue(response);
      expect(await own(tokensWith({ tokenEndpoint: undefined }))).toBe('token-1');
      expect(server.last.path).toBe('/found');
    });

    it.each([
      ['is busy', 503, { 'retry-after': '7' }],
      ['asks for patience', 429, { 'retry-after': '7' }],
    ])('%s, is left alone for as long as it says', async (_, status, headers) => {
      const tokens = tokensWith();
      server.answer = (__, response) => response.writeHead(status, headers).end();
      const failure = await failureOf(own(tokens));
      expect(failure).toBeInstanceOf(TokenUnavailableError);
      expect((failure as TokenUnavailableError).retryAfterSeconds).toBeGreaterThanOrEqual(5);
      server.answer = (__, response) => issue(response);
      expect(await failureOf(own(tokens))).toBeInstanceOf(TokenUnavailableError);
      expect(server.asked).toHaveLength(1);
      clock.advanceSeconds(10);
      expect(await own(tokens)).toBe('token-1');
    });

    it.each<[string, (response: ServerResponse) => unknown]>([
      ['breaks off', (response) => response.destroy()],
      ['answers no JSON', (response) => response.writeHead(200).end('<html>')],
      ['redirects', (response) => response.writeHead(307, { location: '/elsewhere' }).end()],
      [
        'answers without a token',
        (response) => answerJson(response, 200, { token_type: 'Bearer' }),
      ],
      [
        'answers with a header in a token',
        (response) => issue(response, { access_token: 'a\r\nb' }),
      ],
      ['gives a token that has ended', (response) => issue(response, { expires_in: 0 })],
      ['gives a token of another type', (response) => issue(response, { token_type: 'mac' })],
      ['gives an ID token', (response) => issue(response, { issued_token_type: 'urn:x:id_token' })],
      ['errs in words of its own', (response) => answerJson(response, 400, { error: 'No Way!' })],
    ])('%s, say that none can be had', async (_, answer) => {
      server.answer = (__, response) => void answer(response);
      expect(await failureOf(own(tokensWith()))).toBeInstanceOf(TokenUnavailableError);
      expect(server.asked).toHaveLength(1);
    });

    it('says nothing in time, are waited for no longer', async () => {
      server.answer = (_, response) => void response.writeHead(200).write('{');
      const failure = await failureOf(own(tokensWith({ timeoutMs: 200 })));
      expect(failure).toBeInstanceOf(TokenUnavailableError);
    });

    it('refuses, say by which of the codes, and hold nothing that was sent', async () => {
      server.answer = ({ body }, response) =>
        answerJson(response, 400, { error: 'invalid_scope', error_description: body });
      const failure = (await failureOf(exchanged(tokensWith(), 'of-alice'))) as TokenRequestError;
      expect(failure).toBeInstanceOf(TokenRequestError);
      expect([failure.code, failure.status]).toEqual(['invalid_scope', 400]);
      expect(JSON.stringify({ ...failure, text: String(failure.stack) })).not.toContain('of-alice');
    });

    it('does not know the client, say so once in the log, and ask again only after a pause', async () => {
      const log = jest.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
      try {
        const tokens = tokensWith();
        server.answer = (_, response) => answerJson(response, 401, { error: 'invalid_client' });
        for (let call = 0; call < 5; call += 1) {
          expect(await failureOf(own(tokens))).toBeInstanceOf(TokenRequestError);
        }
        expect(server.asked).toHaveLength(1);
        clock.advanceSeconds(3);
        await failureOf(own(tokens));
        expect(server.asked).toHaveLength(2);
        expect(log).toHaveBeenCalledTimes(1);
        expect(String(log.mock.calls[0])).not.toContain(SECRET);
      } finally {
        log.mockRestore();
      }
    });

    it('is slow, are not asked for without bound', async () => {
      const waiting: ServerResponse[] = [];
      server.answer = (_, response) => void waiting.push(response);
      const tokens = tokensWith({ maxConcurrentRequests: 2 });
      const first = [exchanged(tokens, 'a'), exchanged(tokens, 'b')];
      expect(await failureOf(exchanged(tokens, 'c'))).toBeInstanceOf(TokenUnavailableError);
      await until(() => waiting.length === 2);
      waiting.forEach((response) => issue(response));
      await Promise.all(first);
    });
  });

  it.each<[string, Partial<ServiceTokenOptions>]>([
    ['a token endpoint without TLS elsewhere', { tokenEndpoint: 'http://as.example/token' }],
    ['an issuer without TLS elsewhere', { tokenEndpoint: undefined, issuer: 'http://as.example' }],
    ['no secret', { client: { clientId: 'orders', clientSecret: '' } }],
    ['a time that is none', { timeoutMs: Number.NaN }],
  ])('does not start with %s', (_, options) => {
    expect(() => tokensWith(options)).toThrow(TypeError);
  });
});

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 10_000; Date.now() < end; await sleep(5)) {
    if (await condition()) return;
  }
  throw new Error('it did not come true');
}
