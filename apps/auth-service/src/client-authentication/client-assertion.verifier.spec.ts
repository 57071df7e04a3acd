import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { TemporarilyUnavailableError } from '@keyward/oauth';
import {
  type CryptoKey,
  exportJWK,
  generateKeyPair,
  type JWK,
  type JWTHeaderParameters,
  SignJWT,
} from 'jose';
import { ASSERTION_ALGORITHMS } from '../client/assertion.algorithms.js';
import { type Client } from '../client/client.js';
import { type ServerConfig } from '../config/server.config.js';
import { MemorySingleUseStore } from '../storage/memory/memory-single-use.store.js';
import { clientFixture } from '../testing/client.fixture.js';
import '../testing/quiet-log.js';
import { loopbackOutbound } from '../testing/outbound.fixture.js';
import { ClientAssertionVerifier } from './client-assertion.verifier.js';

const ISSUER = 'https://login.example.com';
const KEY = await generateKeyPair('ES256');
const OTHER = await generateKeyPair('ES256');
const publicJwk = async (key: CryptoKey, kid: string): Promise<JWK> => ({
  ...(await exportJWK(key)),
  kid,
});
const JWK_1 = await publicJwk(KEY.publicKey, 'k1');

const clientOf = (change: Partial<Client>): Client =>
  clientFixture({
    clientId: 'partner',
    authenticationMethod: 'private_key_jwt',
    secretSha256: null,
    ...change,
  });
const PARTNER = clientOf({ jwks: { keys: [JWK_1] } });

let serial = 0;
const now = () => Math.floor(Date.now() / 1000);

interface Recipe {
  readonly header?: Partial<JWTHeaderParameters>;
  readonly claims?: Record<string, unknown>;
  readonly key?: CryptoKey | Uint8Array;
}

/** An assertion that is good but for what the recipe changes; `undefined` leaves a member out. */
function assertion({ header = {}, claims = {}, key = KEY.privateKey }: Recipe = {}) {
  return new SignJWT({
    iss: 'partner',
    sub: 'partner',
    aud: ISSUER,
    jti: `jti-${++serial}`,
    iat: now(),
    exp: now() + 60,
    ...claims,
  })
    .setProtectedHeader({ alg: 'ES256', kid: 'k1', ...header } as JWTHeaderParameters)
    .sign(key);
}

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('ClientAssertionVerifier', () => {
  let verifier: ClientAssertionVerifier;
  beforeEach(() => {
    const config = { issuer: ISSUER } as ServerConfig;
    verifier = new ClientAssertionVerifier(config, new MemorySingleUseStore(), loopbackOutbound());
  });

  it.each([
    ['for the issuer', {}],
    ['for the issuer, in a list', { claims: { aud: [ISSUER] } }],
    ['for the token endpoint', { claims: { aud: `${ISSUER}/oauth2/token` } }],
    ['for the PAR endpoint', { claims: { aud: `${ISSUER}/oauth2/par` } }],
    ['without iat', { claims: { iat: undefined } }],
    ['of the kind JWT', { header: { typ: 'JWT' } }],
    ['of its own kind', { header: { typ: 'client-authentication+jwt' } }],
    ['without kid, by the only key', { header: { kid: undefined } }],
    ['of a clock that is a little off', { claims: { iat: now() + 20, nbf: now() + 20 } }],
  ])('takes an assertion %s', async (_, recipe) => {
    expect(await verifier.findProblem(PARTNER, await assertion(recipe))).toBeNull();
  });

  it.each(ASSERTION_ALGORITHMS)('takes %s by a key that is for it', async (alg) => {
    const { publicKey, privateKey } = await generateKeyPair(alg);
    const client = clientOf({ jwks: { keys: [{ ...(await publicJwk(publicKey, 'k1')), alg }] } });
    const good = await assertion({ header: { alg }, key: privateKey });
    expect(await verifier.findProblem(client, good)).toBeNull();
  });

  it.each<[string, Recipe, RegExp]>([
    ['for another server', { claims: { aud: 'https://other.example.com' } }, /audience/],
    ['for another server too', { claims: { aud: [ISSUER, 'https://o.com'] } }, /another server/],
    ['for the issuer with a slash', { claims: { aud: `${ISSUER}/` } }, /audience/],
    ['for the issuer in upper case', { claims: { aud: ISSUER.toUpperCase() } }, /audience/],
    ['for a resource', { claims: { aud: `${ISSUER}/oauth2/userinfo` } }, /audience/],
    ['for nobody', { claims: { aud: undefined } }, /claim_missing/],
    ['that expired', { claims: { iat: now() - 120, exp: now() - 31 } }, /expired/],
    ['without exp', { claims: { exp: undefined } }, /claim_missing/],
    ['with exp as a text', { claims: { exp: String(now() + 60) } }, /claim_type/],
    ['that lives for an hour', { claims: { exp: now() + 3600 } }, /lifetime_too_long/],
    [
      'that lives for an hour and hides its iat',
      { claims: { iat: undefined, exp: now() + 3600 } },
      /lifetime_too_long/,
    ],
    ['from the future', { claims: { iat: now() + 60 } }, /issued_in_the_future/],
    ['for the future', { claims: { nbf: now() + 60 } }, /not_yet_valid/],
    ['without jti', { claims: { jti: undefined } }, /claim_missing/],
    ['with an empty jti', { claims: { jti: '' } }, /claim_type/],
    ['without sub', { claims: { sub: undefined } }, /claim_missing/],
    ['about another client', { claims: { sub: 'other' } }, /sub is not the client/],
    ['of another client', { claims: { iss: 'other', sub: 'other' } }, /issuer_not_trusted/],
    ['by another issuer', { claims: { iss: ISSUER } }, /issuer_not_trusted/],
    ['by a foreign key under a known kid', { key: OTHER.privateKey }, /signature_mismatch/],
    ['of a foreign kid', { header: { kid: 'k2' } }, /key_unknown/],
    [
      'that brings its own key',
      { header: { kid: 'k2', jwk: JWK_1 }, key: OTHER.privateKey },
      /key_unknown/,
    ],
    ['that is an access token', { header: { typ: 'at+jwt' } }, /typ_not_allowed/],
    ['that is a logout token', { header: { typ: 'logout+jwt' } }, /typ_not_allowed/],
    [
      'by HS256 with the public key as the secret',
      { header: { alg: 'HS256' }, key: Buffer.from(JSON.stringify(JWK_1)) },
      /algorithm_not_allowed/,
    ],
    [
      'by HS256 with an empty kid and a known secret',
      { header: { alg: 'HS256', kid: '' }, key: Buffer.alloc(32) },
      /algorithm_not_allowed/,
    ],
  ])('refuses an assertion %s', async (_, recipe, reason) => {
    expect(await verifier.findProblem(PARTNER, await assertion(recipe))).toMatch(reason);
  });

  it('refuses an assertion without a signature, and one with two texts', async () => {
    const [header, payload, signature] = (await assertion()).split('.') as [string, string, string];
    const none = encode({ alg: 'none', kid: 'k1' });
    const forged = [
      [`${none}.${payload}.`, /not_a_jws/],
      [`${none}.${payload}.${signature}`, /algorithm_not_allowed/],
      [`${header}.${payload}.`, /not_a_jws/],
      [`${header}.${payload}`, /not_a_jws/],
      [`${header}.${payload}.${signature}=`, /not_base64url/],
      [`${header}.${encode({ iss: 'partner', sub: 'partner' })}.${signature}`, /signature/],
      [`${header}.${payload}.${'A'.repeat(8192)}`, /token_too_long/],
    ] as const;
    for (const [text, reason] of forged) {
      expect(await verifier.findProblem(PARTNER, text)).toMatch(reason);
    }
  });

  it('refuses an algorithm that is not the key’s, though it is allowed for others', async () => {
    const rsa = await generateKeyPair('RS256');
    const client = clientOf({
      jwks: { keys: [{ ...(await publicJwk(rsa.publicKey, 'k1')), alg: 'PS256' }] },
    });
    const signed = await assertion({ header: { alg: 'RS256' }, key: rsa.privateKey });
    expect(await verifier.findProblem(client, signed)).toMatch(/key_algorithm/);
  });

  it('takes an assertion once, and another client’s of the same jti as its own', async () => {
    const good = await assertion({ claims: { jti: 'same' } });
    const outcomes = await Promise.all(
      Array.from({ length: 10 }, () => verifier.findProblem(PARTNER, good)),
    );
    expect(outcomes.filter((problem) => problem === null)).toHaveLength(1);
    expect(new Set(outcomes)).toEqual(new Set([null, 'the assertion was used before']));

    const other = clientOf({ clientId: 'other', jwks: { keys: [JWK_1] } });
    const same = await assertion({ claims: { iss: 'other', sub: 'other', jti: 'same' } });
    expect(await verifier.findProblem(other, same)).toBeNull();
  });

  it('does not use up what it refuses', async () => {
    const claims = { jti: 'kept' };
    const forged = await assertion({ claims, key: OTHER.privateKey });
    expect(await verifier.findProblem(PARTNER, forged)).toMatch(/signature/);
    expect(await verifier.findProblem(PARTNER, await assertion({ claims }))).toBeNull();
  });

  it('follows the registration: a key that is replaced there stops at once', async () => {
    expect(await verifier.findProblem(PARTNER, await assertion())).toBeNull();
    const changed = clientOf({ jwks: { keys: [await publicJwk(OTHER.publicKey, 'k2')] } });
    expect(await verifier.findProblem(changed, await assertion())).toMatch(/key_unknown/);
  });

  it.each([
    ['nobody', null],
    ['a client with a secret', clientFixture({ clientId: 'partner' })],
  ])('refuses the assertion of %s', async (_, client) => {
    expect(await verifier.findProblem(client, await assertion())).not.toBeNull();
    expect(await verifier.findProblem(client, 'nonsense')).not.toBeNull();
  });

  describe('with a jwks_uri', () => {
    let server: Server;
    let keys: JWK[] = [];
    let status = 200;
    let location: string | undefined;
    let client: Client;
    beforeEach(async () => {
      keys = [JWK_1];
      status = 200;
      location = undefined;
      server = createServer((_, response) => {
        response.writeHead(status, location === undefined ? {} : { location });
        response.end(JSON.stringify({ keys }));
      }).listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      client = clientOf({ jwksUri: `http://127.0.0.1:${port}/jwks` });
    });
    afterEach(() => server.close());

    it('fetches the keys, and a new one when it first sees it', async () => {
      expect(await verifier.findProblem(client, await assertion())).toBeNull();
      keys = [JWK_1, await publicJwk(OTHER.publicKey, 'k2')];
      const byNew = await assertion({ header: { kid: 'k2' }, key: OTHER.privateKey });
      expect(await verifier.findProblem(client, byNew)).toBeNull();
    });

    it.each([
      ['fails', 500, undefined],
      ['redirects', 302, 'http://127.0.0.1:1/'],
    ])('cannot decide where the client’s server %s', async (_, code, target) => {
      [status, location] = [code, target];
      await expect(verifier.findProblem(client, await assertion())).rejects.toThrow(
        TemporarilyUnavailableError,
      );
    });

    it('uses no private or symmetric key that is published by mistake', async () => {
      const secret = Buffer.alloc(32, 1);
      keys = [{ kty: 'oct', k: secret.toString('base64url'), kid: 'k1' }];
      const forged = await assertion({ header: { alg: 'HS256' }, key: secret });
      expect(await verifier.findProblem(client, forged)).toMatch(/algorithm_not_allowed/);
      // Nothing that could verify is left: undecided, as if it could not be fetched.
      await expect(verifier.findProblem(client, await assertion())).rejects.toThrow(
        TemporarilyUnavailableError,
      );
    });
  });
});
