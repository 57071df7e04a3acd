/** Calls to another service, as it sees them: real sockets on both sides. */
import { Readable } from 'node:stream';
import { calculateJwkThumbprint } from 'jose';
import { DpopNonces } from '../sender-constraint/dpop.nonces.js';
import { DpopProofVerifier } from '../sender-constraint/dpop-proof.verifier.js';
import { RefusedProofError } from '../sender-constraint/dpop-proof.refusal.js';
import { MemoryProofReplayStore } from '../sender-constraint/memory-proof-replay.store.js';
import {
  answerJson,
  ScriptedService,
  type AskedRequest,
} from '../spec-support/scripted-service.js';
import { type Caller } from './caller.js';
import {
  RedirectRefusedError,
  TargetUnavailableError,
  TokenRequestError,
} from './service-client.errors.js';
import { type TargetOptions } from './service-token.options.js';
import { ServiceClient } from './service.client.js';
import { ServiceTokens } from './service.tokens.js';
import { stepUpDemandOf } from './step-up-demand.js';

const STEP_UP =
  'Bearer error="insufficient_user_authentication", scope="payments:write", acr_values="gold mfa", max_age="300"';
const CALLER: Caller = {
  accessToken: 'of-alice',
  expiresAtMs: Date.now() + 300_000,
  correlation: { 'x-request-id': 'request-1', traceparent: '00-aa-bb-01' },
};

describe('ServiceClient', () => {
  let server: ScriptedService;
  let target: ScriptedService;
  let elsewhere: ScriptedService;
  let issued: number;

  beforeEach(async () => {
    [server, target, elsewhere] = await Promise.all([
      ScriptedService.start(),
      ScriptedService.start(),
      ScriptedService.start(),
    ]);
    issued = 0;
    server.answer = (_, response) =>
      answerJson(response, 200, {
        access_token: `token-${(issued += 1)}`,
        token_type: 'Bearer',
        expires_in: 300,
      });
  });
  afterEach(() => Promise.all([server.close(), target.close(), elsewhere.close()]));

  const clientWith = (more: Partial<TargetOptions> = {}, dpop = false) =>
    new ServiceClient(
      new ServiceTokens({
        issuer: server.url,
        tokenEndpoint: `${server.url}/token`,
        client: { clientId: 'orders', clientSecret: 'secret' },
        dpop,
      }),
      { url: target.url, ...more },
    );
  const authorizations = () => target.asked.map(({ headers }) => headers.authorization);
  /** Answers 401 to the tokens named, and 200 to every other. */
  const refuse = (...tokens: string[]) => {
    target.answer = ({ headers, body }, response) => {
      const refused = tokens.some((token) => headers.authorization === `Bearer ${token}`);
      const challenge = { 'www-authenticate': 'Bearer error="invalid_token"' };
      response.writeHead(refused ? 401 : 200, refused ? challenge : {}).end(`got ${body}`);
    };
  };

  it('calls as itself with a token of its own, and on behalf of a caller with one for them', async () => {
    const client = clientWith({ ownScope: 'payments:read', delegatedScope: 'payments:write' });
    await client.asItself()('/payments?a=b');
    expect(server.lastForm.get('scope')).toBe('payments:read');
    expect(target.last).toMatchObject({
      ...{ method: 'GET', path: '/payments?a=b' },
      headers: { authorization: 'Bearer token-1' },
    });
    const put = { method: 'PUT', body: '{}', headers: { 'content-type': 'application/json' } };
    const response = await client.onBehalfOf(CALLER)('/payments/1', put);
    expect(Object.fromEntries(server.lastForm)).toMatchObject({
      ...{ scope: 'payments:write', subject_token: 'of-alice', resource: target.url },
    });
    expect(target.last).toMatchObject({
      ...{ method: 'PUT', body: '{}' },
      headers: { authorization: 'Bearer token-2', 'content-type': 'application/json' },
    });
    expect([response.status, await response.text()]).toEqual([200, 'ok']);
  });

  it('passes on what ties requests together, unless the call says otherwise', async () => {
    await clientWith().onBehalfOf(CALLER)('/', { headers: { 'X-Request-Id': 'mine' } });
    expect(target.last.headers).toMatchObject({
      'x-request-id': 'mine',
      traceparent: '00-aa-bb-01',
    });
  });

  it('answers whatever the service answers', async () => {
    target.answer = (_, response) => answerJson(response, 409, { no: true }, { etag: '"1"' });
    const response = await clientWith().asItself()('/');
    expect([response.status, response.headers.get('etag')]).toEqual([409, '"1"']);
    expect(await response.json()).toEqual({ no: true });
    target.answer = (_, answer) => answer.writeHead(204).end();
    expect((await clientWith().asItself()('/')).status).toBe(204);
  });

  describe('a call that is answered 401', () => {
    it.each<[string, () => RequestInit]>([
      ['no body', () => ({})],
      ['text', () => ({ method: 'POST', body: 'text' })],
      ['bytes', () => ({ method: 'POST', body: new Uint8Array([116, 101, 120, 116]) })],
      ['a form', () => ({ method: 'POST', body: new URLSearchParams({ a: 'b' }) })],
    ])('with %s is made once more, with a new token', async (_, init) => {
      refuse('token-1');
      const response = await clientWith().asItself()('/', init());
      expect(response.status).toBe(200);
      expect(authorizations()).toEqual(['Bearer token-1', 'Bearer token-2']);
      expect(target.asked[1]?.body).toBe(target.asked[0]?.body);
    });

    it('on behalf of a caller too, by another exchange of the same token', async () => {
      refuse('token-1');
      expect((await clientWith().onBehalfOf(CALLER)('/')).status).toBe(200);
      expect(
        server.asked.map(({ body }) => new URLSearchParams(body).get('subject_token')),
      ).toEqual(['of-alice', 'of-alice']);
    });

    it('is answered so the second time', async () => {
      refuse('token-1', 'token-2', 'token-3');
      expect((await clientWith().asItself()('/')).status).toBe(401);
      expect(target.asked).toHaveLength(2);
    });

    it('of a stream is not made again, but the token is not used any more', async () => {
      refuse('token-1');
      const client = clientWith();
      const body = Readable.toWeb(Readable.from(['text'])) as ReadableStream;
      const init = { method: 'POST', body, duplex: 'half' } as RequestInit;
      expect((await client.asItself()('/', init)).status).toBe(401);
      expect((await client.asItself()('/')).status).toBe(200);
      expect(target.asked).toHaveLength(2);
    });

    it('a hundred times at once costs one new token', async () => {
      refuse('token-1');
      const client = clientWith();
      const all = await Promise.all(Array.from({ length: 100 }, () => client.asItself()('/')));
      expect(new Set(all.map(({ status }) => status))).toEqual(new Set([200]));
      expect(issued).toBe(2);
    });

    it('because another sign-in is needed is answered at once: no new token would bring it', async () => {
      target.answer = (_, response) =>
        response.writeHead(401, { 'www-authenticate': STEP_UP }).end();
      const response = await clientWith().onBehalfOf(CALLER)('/');
      expect(stepUpDemandOf(response)).toEqual({
        acrValues: ['gold', 'mfa'],
        maxAgeSeconds: 300,
        scope: 'payments:write',
      });
      expect([target.asked.length, issued]).toEqual([1, 1]);
    });
  });

  describe('a token goes nowhere else', () => {
    it.each([
      ['another host', () => `${elsewhere.url}/`],
      ['a URL without a scheme', () => `//${new URL(elsewhere.url).host}/`],
      ['backslashes for slashes', () => `\\\\${new URL(elsewhere.url).host}/`],
      ['credentials in the URL', () => target.url.replace('//', '//user:pass@')],
      ['another scheme', () => 'data:text/plain,x'],
    ])('by %s', async (_, path) => {
      await expect(clientWith().asItself()(path())).rejects.toThrow(TypeError);
      expect([elsewhere.asked.length, target.asked.length, issued]).toEqual([0, 0, 0]);
    });

    it.each([301, 302, 303, 307, 308])('by a redirect with %s', async (status) => {
      target.answer = (_, response) =>
        response.writeHead(status, { location: `${elsewhere.url}/` }).end();
      await expect(clientWith().asItself()('/')).rejects.toBeInstanceOf(RedirectRefusedError);
      expect(elsewhere.asked).toEqual([]);
    });

    it.each(['authorization', 'DPoP', 'Proxy-Authorization'])(
      'and none of the caller of a call comes in by %s',
      async (name) => {
        const call = clientWith().asItself()('/', { headers: { [name]: 'Bearer mine' } });
        await expect(call).rejects.toThrow(TypeError);
        expect(target.asked).toEqual([]);
      },
    );

    it.each(['http://payments.example', 'https://u:p@payments.example', 'ftp://x', 'payments'])(
      'and no client is made for %s',
      (url) => {
        expect(() => clientWith({ url })).toThrow(TypeError);
      },
    );
  });

  describe('a service that gives no answer', () => {
    it('is down', async () => {
      target.answer = (_, response) => response.destroy();
      await expect(clientWith().asItself()('/')).rejects.toBeInstanceOf(TargetUnavailableError);
    });

    it('is waited for no longer than it may take', async () => {
      target.answer = () => undefined;
      const call = clientWith({ timeoutMs: 100 }).asItself()('/');
      await expect(call).rejects.toBeInstanceOf(TargetUnavailableError);
    });

    it('stops in the middle of its body, which ends then', async () => {
      target.answer = (_, response) => void response.writeHead(200).write('the first half');
      const response = await clientWith({ timeoutMs: 200 }).asItself()('/');
      await expect(response.text()).rejects.toThrow();
    });

    it('is not even asked where there is no token', async () => {
      server.answer = (_, response) => answerJson(response, 400, { error: 'invalid_target' });
      await expect(clientWith().asItself()('/')).rejects.toBeInstanceOf(TokenRequestError);
      expect(target.asked).toEqual([]);
    });
  });

  describe('with DPoP', () => {
    const verifierOf = (nonces?: DpopNonces) =>
      new DpopProofVerifier({ replays: new MemoryProofReplayStore(), nonces });
    /** The thumbprint of the key that a request proves; answers with a nonce where it lacks one. */
    const proven = async (
      verifier: DpopProofVerifier,
      url: string,
      { method, headers, path }: AskedRequest,
      bound?: { readonly accessToken: string; readonly jkt: string },
    ) =>
      verifier.verify(String(headers['dpop']), {
        method,
        uris: [`${url}${path.split('?')[0]}`],
        bound,
      });

    it('asks for a bound token by a proof, and proves the same key at the service, with the nonces of both', async () => {
      const nonces = new DpopNonces({ keys: [Buffer.alloc(32, 1)] });
      const otherNonces = new DpopNonces({ keys: [Buffer.alloc(32, 2)] });
      const [atServer, atTarget] = [verifierOf(nonces), verifierOf(otherNonces)];
      let jkt = '';
      server.answer = (request, response) =>
        void proven(atServer, server.url, request).then(
          (key) => {
            jkt = key;
            answerJson(response, 200, {
              access_token: 'bound',
              token_type: 'DPoP',
              expires_in: 60,
            });
          },
          (error: unknown) => {
            expect(error).toMatchObject({ wantsNonce: true });
            const headers = { 'dpop-nonce': atServer.currentNonce() ?? '' };
            answerJson(response, 400, { error: 'use_dpop_nonce' }, headers);
          },
        );
      target.answer = (request, response) =>
        void proven(atTarget, target.url, request, { accessToken: 'bound', jkt }).then(
          (key) => response.writeHead(200).end(key),
          (error: unknown) => {
            expect(error).toBeInstanceOf(RefusedProofError);
            const headers = {
              'dpop-nonce': atTarget.currentNonce() ?? '',
              'www-authenticate': 'DPoP error="use_dpop_nonce"',
            };
            response.writeHead(401, headers).end();
          },
        );
      const client = clientWith({}, true);
      const response = await client.asItself()('/path?query=1', { method: 'POST', body: '{}' });
      expect([response.status, await response.text()]).toEqual([200, jkt]);
      expect(target.last.headers.authorization).toBe('DPoP bound');
      expect([server.asked.length, target.asked.length]).toEqual([2, 2]);
      // From now on the nonces are known.
      expect((await client.asItself()('/path')).status).toBe(200);
      expect([server.asked.length, target.asked.length]).toEqual([2, 3]);
      const proof = String(target.last.headers['dpop']).split('.')[0] ?? '';
      const { jwk } = JSON.parse(Buffer.from(proof, 'base64url').toString()) as { jwk: object };
      expect(await calculateJwkThumbprint(jwk)).toBe(jkt);
      expect(jwk).not.toHaveProperty('d');
    });

    it('takes no token that is not bound', async () => {
      await expect(clientWith({}, true).asItself()('/')).rejects.toThrow('type DPoP');
      expect(target.asked).toEqual([]);
    });
  });
});
