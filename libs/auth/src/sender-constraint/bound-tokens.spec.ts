/** Tokens that are bound to a key, at a resource server: what is taken, and how the rest is answered. */
import { RequestAuthenticator } from '../access/request-authenticator.js';
import { RefusedTokenError } from '../access-token/refusal.js';
import { LoggingAuthObserver, type RefusedRequest } from '../auth.observer.js';
import { BearerError } from '../bearer/bearer.errors.js';
import { type HttpRequest } from '../bearer/bearer-token.js';
import { principalOf, type AuthenticatedRequest } from '../principal/principal.js';
import {
  CLAIMS,
  forgeToken,
  NOW,
  trustIn,
  verifierOf,
} from '../spec-support/access-token.fixture.js';
import { forgeProof, proofJwk, type ProofParts } from '../spec-support/dpop-proof.fixture.js';
import { generateSigningKey } from '../testing/signing-key.js';
import { calculateJwkThumbprint, type JWK } from 'jose';
import { ReplaysUnavailableError } from './dpop-proof.refusal.js';
import { DpopNonces } from './dpop.nonces.js';
import { type DpopOptions } from './dpop.options.js';
import { ProofReplayStore } from './proof-replay.store.js';

const ISSUER_KEY = generateSigningKey('ES256');
const CLIENT_KEY = generateSigningKey('ES256', 'client');
const OTHER_KEY = generateSigningKey('ES256', 'other');

const ALGS = 'algs="ES256 ES384 EdDSA Ed25519 PS256 RS256"';
const NONCE_KEYS = { keys: [Buffer.alloc(32, 9)] };

type Request = HttpRequest & AuthenticatedRequest;

let jkt: string;
let bound: string;
beforeAll(async () => {
  jkt = await calculateJwkThumbprint(proofJwk(CLIENT_KEY) as JWK);
  bound = tokenWith({ jkt });
});

function tokenWith(cnf: unknown): string {
  return forgeToken(ISSUER_KEY, { payload: { ...CLAIMS, cnf } });
}

class Recorder extends LoggingAuthObserver {
  readonly refusals: RefusedRequest[] = [];

  override requestRefused(refusal: RefusedRequest): void {
    this.refusals.push(refusal);
  }
}

function setUp(dpop: Partial<DpopOptions> | null = {}) {
  const trusts = [trustIn([ISSUER_KEY])];
  const observer = new Recorder();
  const options = {
    trusts,
    clock: () => NOW * 1000,
    ...(dpop && { dpop: { publicUrl: 'https://orders.example', ...dpop } }),
  };
  const verifier = verifierOf(trusts);
  return {
    authenticator: new RequestAuthenticator(verifier, observer, options),
    observer,
    verifier,
  };
}

function requestOf(authorization: string, ...proofs: readonly string[]): Request {
  const authorized = { authorization };
  const [proof] = proofs;
  return {
    method: 'GET',
    url: '/orders?limit=1',
    query: { limit: '1' },
    headers: proof === undefined ? authorized : { ...authorized, dpop: proofs.join(', ') },
    rawHeaders: ['Authorization', authorization, ...proofs.flatMap((one) => ['DPoP', one])],
  };
}

const proven = (parts: ProofParts = {}, token = bound): Request =>
  requestOf(`DPoP ${token}`, forgeProof(CLIENT_KEY, { accessToken: token, ...parts }));

/** What happens: the reason for the operator and the answer to the client, or `admitted`. */
async function outcome(request: Request, { authenticator, observer } = setUp()) {
  try {
    await authenticator.authenticate(request);
    return { reason: 'admitted', isKnown: principalOf(request) !== undefined };
  } catch (error) {
    if (!(error instanceof BearerError)) throw error;
    expect(principalOf(request)).toBeUndefined();
    const { stage, reason } = observer.refusals[0] ?? {};
    return {
      reason: `${stage}: ${reason}`,
      status: error.getStatus(),
      challenge: error.headers['WWW-Authenticate'],
      nonce: error.headers['DPoP-Nonce'],
    };
  }
}

describe('a token that is bound to a key', () => {
  it('is taken with a proof of the key, cached or not', async () => {
    const stack = setUp();
    for (let i = 0; i < 3; i += 1) {
      expect(await outcome(proven(), stack)).toEqual({ reason: 'admitted', isKnown: true });
    }
    expect(stack.verifier.cacheStatistics()).toMatchObject({ hits: 2, misses: 1 });
  });

  it('is taken below a path that a proxy takes away, and from where a router rewrote the URL', async () => {
    const stack = setUp({ publicUrl: 'https://api.example/shop/' });
    const claims = { htu: 'https://api.example/shop/orders' };
    expect((await outcome(proven({ claims }), stack)).reason).toBe('admitted');
    const rewritten = { ...proven({ claims }), originalUrl: '/orders', url: '/' };
    expect((await outcome(rewritten, stack)).reason).toBe('admitted');
  });

  it.each([
    ['Bearer', () => requestOf(`Bearer ${bound}`)],
    [
      'Bearer with a good proof',
      () => requestOf(`Bearer ${bound}`, forgeProof(CLIENT_KEY, { accessToken: bound })),
    ],
  ])('is refused as %s', async (_, make) => {
    expect(await outcome(make())).toMatchObject({
      reason: 'confirmation: bound_token_alone',
      status: 401,
      challenge: expect.stringMatching(/^Bearer error="invalid_token".*, DPoP algs="ES256 /),
    });
  });

  it.each([
    ['jkt', { jkt: 'x' }],
    ['x5t#S256', { 'x5t#S256': 'x' }],
    ['a member that nobody knows', { future: 'x' }],
    ['jwk', { jwk: { kty: 'EC' } }],
    ['nothing', {}],
    ['null', null],
    ['a list', ['x']],
    ['text', 'x'],
  ])('is refused in any way where DPoP is not configured: bound to %s', async (_, cnf) => {
    const token = tokenWith(cnf);
    for (const request of [requestOf(`Bearer ${token}`), proven({}, token)]) {
      const { status, reason } = await outcome(request, setUp(null));
      expect(status).toBe(401);
      expect(reason).toMatch(/^confirmation: /);
    }
  });

  it.each([
    [
      'a member that nobody knows besides',
      () => tokenWith({ jkt, future: 'x' }),
      'confirmation_not_supported',
    ],
    ['jkt that is no text', () => tokenWith({ jkt: [jkt] }), 'confirmation_not_supported'],
    ['an empty jkt', () => tokenWith({ jkt: '' }), 'confirmation_not_supported'],
  ])('is refused with %s', async (_, make, reason) => {
    expect((await outcome(proven({}, make()))).reason).toBe(`confirmation: ${reason}`);
  });

  it('is refused by a verifier that is given the token alone', async () => {
    const { verifier } = setUp();
    const refusal = { stage: 'confirmation', reason: 'bound_token_alone' };
    for (let i = 0; i < 2; i += 1) {
      expect(() => verifier.verify(bound)).toThrow(RefusedTokenError);
      await expect(
        (async () => verifier.verifyOffThread(tokenWith({ jkt, i } as object)))(),
      ).rejects.toMatchObject(refusal);
    }
  });

  it.each([
    ['no proof', () => requestOf(`DPoP ${bound}`), 'proof_missing'],
    [
      'two proofs',
      () =>
        requestOf(
          `DPoP ${bound}`,
          forgeProof(CLIENT_KEY, { accessToken: bound }),
          forgeProof(CLIENT_KEY, { accessToken: bound }),
        ),
      'more_than_one_proof',
    ],
    ['the proof of another token', () => proven({ accessToken: 'other' }), 'proof_token_hash'],
    [
      'a proof without ath',
      () => requestOf(`DPoP ${bound}`, forgeProof(CLIENT_KEY)),
      'proof_token_hash',
    ],
    ['a proof for another method', () => proven({ claims: { htm: 'POST' } }), 'proof_method'],
    [
      'a proof for another resource',
      () => proven({ claims: { htu: 'https://orders.example/other' } }),
      'proof_uri',
    ],
    ['a proof of long ago', () => proven({ claims: { iat: NOW - 61 } }), 'proof_time'],
    ['a proof of typ JWT', () => proven({ header: { typ: 'JWT' } }), 'proof_typ'],
  ])('is refused with %s', async (_, make, reason) => {
    expect(await outcome(make())).toMatchObject({
      reason: `confirmation: ${reason}`,
      status: 401,
      challenge: expect.stringMatching(/^DPoP error="invalid_dpop_proof", .*algs="ES256 /),
    });
  });

  it('is refused with the proof of another key, as a token that is not valid', async () => {
    const proof = forgeProof(OTHER_KEY, { accessToken: bound });
    expect(await outcome(requestOf(`DPoP ${bound}`, proof))).toMatchObject({
      reason: 'confirmation: proof_other_key',
      challenge: expect.stringMatching(/^DPoP error="invalid_token"/),
    });
  });

  it('goes by its own URL, whatever Host and X-Forwarded-Host say', async () => {
    for (const name of ['host', 'x-forwarded-host', 'forwarded', ':authority']) {
      const request = proven({ claims: { htu: 'https://evil.example/orders' } });
      const value = name === 'forwarded' ? 'host=evil.example' : 'evil.example';
      const headers = { ...request.headers, [name]: value };
      expect((await outcome({ ...request, headers })).reason).toBe('confirmation: proof_uri');
    }
  });

  it.each(['//evil.example/orders', 'https://evil.example/orders', '*', ''])(
    'takes no host from the request target: %j',
    async (url) => {
      const claims = { htu: 'https://evil.example/orders' };
      const request = { ...proven({ claims }), url };
      expect((await outcome(request)).reason).toBe('confirmation: proof_uri');
    },
  );

  it('is refused where its proof comes a second time', async () => {
    const stack = setUp();
    const request = proven();
    const outcomes = await Promise.all(
      Array.from({ length: 10 }, () => outcome({ ...request }, stack)),
    );
    expect(outcomes.filter(({ reason }) => reason === 'admitted')).toHaveLength(1);
  });

  it('is asked for a nonce where the service wants one, and taken with it', async () => {
    const stack = setUp({ nonces: NONCE_KEYS });
    const nonce = new DpopNonces(NONCE_KEYS).current(NOW * 1000);
    expect(await outcome(proven(), stack)).toMatchObject({
      reason: 'confirmation: proof_nonce',
      status: 401,
      challenge: expect.stringMatching(/^DPoP error="use_dpop_nonce"/),
      nonce,
    });
    expect((await outcome(proven({ claims: { nonce } }), stack)).reason).toBe('admitted');
  });

  it('is neither taken nor refused while nobody knows which proofs came before', async () => {
    class Down extends ProofReplayStore {
      override claim(): Promise<boolean> {
        return Promise.reject(new ReplaysUnavailableError('down'));
      }
    }
    expect(await outcome(proven(), setUp({ replays: new Down() }))).toMatchObject({
      reason: 'confirmation: replays_unavailable',
      status: 503,
    });
  });

  it('is refused as any other once it has expired, by the scheme that it came by', async () => {
    const payload = { ...CLAIMS, exp: NOW - 60, iat: NOW - 300, cnf: { jkt } };
    const expired = forgeToken(ISSUER_KEY, { payload });
    expect(await outcome(proven({}, expired))).toMatchObject({
      reason: 'claims: expired',
      challenge: `DPoP error="invalid_token", error_description="The access token expired", ${ALGS}`,
    });
  });
});

describe('a token that is bound to nothing', () => {
  const plain = forgeToken(ISSUER_KEY);

  it('is taken as it was, and without waiting once it is known', async () => {
    const { authenticator } = setUp();
    await authenticator.authenticate(requestOf(`Bearer ${plain}`));
    expect(authenticator.authenticate(requestOf(`Bearer ${plain}`))).not.toBeInstanceOf(Promise);
  });

  it.each([
    ['with a proof', () => proven({}, plain)],
    ['without one', () => requestOf(`DPoP ${plain}`)],
  ])('is refused as DPoP %s: whoever asks for more gets no less', async (_, make) => {
    for (const stack of [setUp(), setUp(null)]) {
      expect(await outcome(make(), stack)).toMatchObject({
        reason: 'confirmation: unbound_token_with_proof',
        status: 401,
      });
    }
  });

  it('is told of both schemes where it is missing', async () => {
    const request = { method: 'GET', url: '/orders', headers: {} };
    expect((await outcome(request)).challenge).toBe(`Bearer, DPoP ${ALGS}`);
    expect((await outcome(request, setUp(null))).challenge).toBe('Bearer');
  });
});

describe('the configuration of DPoP', () => {
  it.each([
    '',
    'orders.example',
    '/orders',
    'ftp://orders.example',
    'https://a.example/?x',
    'https://a.example/#x',
    'https://u:p@a.example',
  ])('does not start with publicUrl %j', (publicUrl) => {
    expect(() => setUp({ publicUrl })).toThrow(TypeError);
  });
});
