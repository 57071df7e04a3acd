/** Every rule of RFC 9449 section 4.3, by a proof that breaks this rule alone. */
import { calculateJwkThumbprint, type JWK } from 'jose';
import { forgeToken, NOW } from '../spec-support/access-token.fixture.js';
import { forgeProof, ORDERS_URI, proofJwk } from '../spec-support/dpop-proof.fixture.js';
import { generateKeyPair } from '../testing/key-pair.js';
import { generateSigningKey, hmacBytes, type SigningKey } from '../testing/signing-key.js';
import { RefusedProofError } from './dpop-proof.refusal.js';
import { DpopProofVerifier, type ProvenRequest } from './dpop-proof.verifier.js';
import { DpopNonces } from './dpop.nonces.js';
import { MemoryProofReplayStore } from './memory-proof-replay.store.js';

const KEY = generateSigningKey('ES256');
const TOKEN = 'an-access-token';
const REQUEST: ProvenRequest = { method: 'GET', uris: [ORDERS_URI] };

const clock = () => NOW * 1000;

function verifierAt(nowMs = clock(), nonces?: DpopNonces) {
  const at = () => nowMs;
  return new DpopProofVerifier({
    replays: new MemoryProofReplayStore(1000, at),
    nonces,
    clock: at,
  });
}

async function outcome(proof: string, request = REQUEST, verifier = verifierAt()): Promise<string> {
  try {
    return (await verifier.verify(proof, request)) === '' ? 'no key' : 'proved';
  } catch (error) {
    if (!(error instanceof RefusedProofError)) throw error;
    return error.reason;
  }
}

function rsa(modulusLength: number): SigningKey {
  const pair = generateKeyPair({ type: 'rsa', modulusLength });
  return { ...pair, kid: 'rsa', alg: 'RS256', publicJwk: {} };
}

function unsigned(header: object): string {
  const proof = forgeProof(KEY, { header });
  return `${proof.slice(0, proof.lastIndexOf('.'))}.AA`;
}

function bySecret(): string {
  const proof = forgeProof(KEY, { header: { alg: 'HS256' } });
  const input = proof.slice(0, proof.lastIndexOf('.'));
  return `${input}.${hmacBytes('the public key as a secret', Buffer.from(input)).toString('base64url')}`;
}

describe('DpopProofVerifier', () => {
  it.each(['ES256', 'ES384', 'EdDSA', 'PS256', 'RS256'] as const)(
    'takes a proof by %s, and names its key as jose does',
    async (alg) => {
      const key = generateSigningKey(alg);
      const jkt = await verifierAt().verify(forgeProof(key), REQUEST);
      expect(jkt).toBe(await calculateJwkThumbprint(proofJwk(key) as JWK));
    },
  );

  it('takes Ed25519 by the name that RFC 9864 gives it', async () => {
    const proof = forgeProof(generateSigningKey('EdDSA'), { header: { alg: 'Ed25519' } });
    expect(await outcome(proof)).toBe('proved');
  });

  it.each([
    ['no typ', { header: { typ: undefined } }, 'proof_typ'],
    ['typ JWT', { header: { typ: 'JWT' } }, 'proof_typ'],
    ['typ at+jwt', { header: { typ: 'at+jwt' } }, 'proof_typ'],
    ['no alg', { header: { alg: undefined } }, 'proof_algorithm'],
    ['an alg that is not on the list', { header: { alg: 'ES512' } }, 'proof_algorithm'],
    [
      'an alg by the name of a member of every object',
      { header: { alg: 'toString' } },
      'proof_algorithm',
    ],
    ['a key of another type than alg', { header: { alg: 'RS256' } }, 'proof_key'],
    ['a key on another curve', { header: { alg: 'ES384' } }, 'proof_key'],
    ['no jwk', { header: { jwk: undefined } }, 'proof_key'],
    ['a jwk that is text', { header: { jwk: 'x' } }, 'proof_key'],
    ['a jwk that is a list', { header: { jwk: [proofJwk(KEY)] } }, 'proof_key'],
    ['a private key', { header: { jwk: KEY.privateKey.export({ format: 'jwk' }) } }, 'proof_key'],
    ['a symmetric key', { header: { jwk: { kty: 'oct', k: 'AAAA' } } }, 'proof_key'],
    ['a key for encryption', { header: { jwk: { ...proofJwk(KEY), use: 'enc' } } }, 'proof_key'],
    ['a point off the curve', { header: { jwk: { ...proofJwk(KEY), y: 'AAAA' } } }, 'proof_key'],
    [
      'another key than it is signed by',
      { header: { jwk: proofJwk(generateSigningKey('ES256')) } },
      'proof_signature',
    ],
    ['a critical header', { header: { crit: ['exp'] } }, 'proof_malformed'],
    ['no htm', { claims: { htm: undefined } }, 'proof_method'],
    ['another htm', { claims: { htm: 'POST' } }, 'proof_method'],
    ['htm in lower case', { claims: { htm: 'get' } }, 'proof_method'],
    ['no htu', { claims: { htu: undefined } }, 'proof_uri'],
    ['another host', { claims: { htu: 'https://evil.example/orders' } }, 'proof_uri'],
    ['another scheme', { claims: { htu: 'http://orders.example/orders' } }, 'proof_uri'],
    ['another port', { claims: { htu: 'https://orders.example:8443/orders' } }, 'proof_uri'],
    ['another path', { claims: { htu: `${ORDERS_URI}/1` } }, 'proof_uri'],
    ['a path in another case', { claims: { htu: 'https://orders.example/Orders' } }, 'proof_uri'],
    [
      'a URI with a password',
      { claims: { htu: 'https://a:b@orders.example/orders' } },
      'proof_uri',
    ],
    ['a path alone', { claims: { htu: '/orders' } }, 'proof_uri'],
    ['no iat', { claims: { iat: undefined } }, 'proof_claims'],
    ['iat as text', { claims: { iat: String(NOW) } }, 'proof_claims'],
    ['an iat of 61 s ago', { claims: { iat: NOW - 61 } }, 'proof_time'],
    ['an iat in 11 s', { claims: { iat: NOW + 11 } }, 'proof_time'],
    ['an iat in milliseconds', { claims: { iat: NOW * 1000 } }, 'proof_time'],
    ['no jti', { claims: { jti: undefined } }, 'proof_claims'],
    ['an empty jti', { claims: { jti: '' } }, 'proof_claims'],
    ['a jti that is a number', { claims: { jti: 1 } }, 'proof_claims'],
    ['a jti of 257 characters', { claims: { jti: 'j'.repeat(257) } }, 'proof_claims'],
    ['3073 characters', { claims: { more: 'x'.repeat(3000) } }, 'proof_malformed'],
  ])('refuses %s', async (_, parts, reason) => {
    expect(await outcome(forgeProof(KEY, parts))).toBe(reason);
  });

  it.each([
    ['alg none', () => unsigned({ alg: 'none' }), 'proof_algorithm'],
    ['alg HS256', bySecret, 'proof_algorithm'],
    ['RSA of 1024 bits', () => forgeProof(rsa(1024)), 'proof_key'],
    ['a signature that was cut', () => forgeProof(KEY).slice(0, -6), 'proof_signature'],
    ['two segments', () => forgeProof(KEY).split('.').slice(0, 2).join('.'), 'proof_malformed'],
    ['no text at all', () => '', 'proof_malformed'],
    ['an access token', () => forgeToken(KEY), 'proof_typ'],
  ])('refuses %s', async (_, make, reason) => {
    expect(await outcome(make())).toBe(reason);
  });

  it.each([
    ['query and fragment', `${ORDERS_URI}?a=1#b`],
    ['scheme and host in upper case', 'HTTPS://ORDERS.EXAMPLE/orders'],
    ['the default port', 'https://orders.example:443/orders'],
    ['escapes that need not be', 'https://orders.example/%6frders'],
    ['dot segments', 'https://orders.example/a/../orders'],
  ])('takes an htu that differs by %s', async (_, htu) => {
    expect(await outcome(forgeProof(KEY, { claims: { htu } }))).toBe('proved');
  });

  it.each([
    ['60 s ago', NOW - 60],
    ['in 10 s', NOW + 10],
    ['with a fraction', NOW - 0.5],
  ])('takes an iat of %s', async (_, iat) => {
    expect(await outcome(forgeProof(KEY, { claims: { iat } }))).toBe('proved');
  });

  it('wants the hash of the token that comes with it, and its key', async () => {
    const jkt = await calculateJwkThumbprint(proofJwk(KEY) as JWK);
    const withToken = { ...REQUEST, bound: { accessToken: TOKEN, jkt } };
    expect(await outcome(forgeProof(KEY, { accessToken: TOKEN }), withToken)).toBe('proved');
    expect(await outcome(forgeProof(KEY), withToken)).toBe('proof_token_hash');
    expect(await outcome(forgeProof(KEY, { accessToken: 'other' }), withToken)).toBe(
      'proof_token_hash',
    );
    const byOther = forgeProof(generateSigningKey('ES256'), { accessToken: TOKEN });
    expect(await outcome(byOther, withToken)).toBe('proof_other_key');
  });

  it('takes a proof once, of twenty at a time', async () => {
    const verifier = verifierAt();
    const proof = forgeProof(KEY);
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, () => outcome(proof, REQUEST, verifier)),
    );
    expect(outcomes.filter((one) => one === 'proved')).toHaveLength(1);
    expect(outcomes.filter((one) => one === 'proof_replayed')).toHaveLength(19);
  });

  it('takes a key that it has seen no other way than one that it has not', async () => {
    const verifier = verifierAt();
    expect(await outcome(forgeProof(KEY), REQUEST, verifier)).toBe('proved');
    expect(await outcome(forgeProof(KEY), REQUEST, verifier)).toBe('proved');
    const forged = forgeProof(generateSigningKey('ES256'), { header: { jwk: proofJwk(KEY) } });
    expect(await outcome(forged, REQUEST, verifier)).toBe('proof_signature');
    const other = generateSigningKey('ES256');
    const jkt = await verifier.verify(forgeProof(other), REQUEST);
    expect(jkt).toBe(await calculateJwkThumbprint(proofJwk(other) as JWK));
  });

  it('takes one jti of two keys, and of two URIs', async () => {
    const verifier = verifierAt();
    const other = { ...REQUEST, uris: ['https://orders.example/other'] };
    const claims = { jti: 'one' };
    expect(await outcome(forgeProof(KEY, { claims }), REQUEST, verifier)).toBe('proved');
    const byOther = forgeProof(generateSigningKey('ES256'), { claims });
    expect(await outcome(byOther, REQUEST, verifier)).toBe('proved');
    const elsewhere = forgeProof(KEY, { claims: { ...claims, htu: other.uris[0] } });
    expect(await outcome(elsewhere, other, verifier)).toBe('proved');
    const again = forgeProof(KEY, { claims: { ...claims, htu: `${ORDERS_URI}?x` } });
    expect(await outcome(again, REQUEST, verifier)).toBe('proof_replayed');
  });

  it('uses up no jti by a proof that it refuses', async () => {
    const verifier = verifierAt();
    const claims = { jti: 'one' };
    const stranger = generateSigningKey('ES256');
    const forged = forgeProof(stranger, { header: { jwk: proofJwk(KEY) }, claims });
    expect(await outcome(forged, REQUEST, verifier)).toBe('proof_signature');
    expect(await outcome(forgeProof(KEY, { claims }), REQUEST, verifier)).toBe('proved');
  });

  it('remembers a proof for as long as any replica could take it', async () => {
    let nowMs = clock();
    const at = () => nowMs;
    const replays = new MemoryProofReplayStore(1000, at);
    const verifier = new DpopProofVerifier({ replays, clock: at });
    const proof = forgeProof(KEY, { claims: { iat: NOW + 10 } });
    expect(await outcome(proof, REQUEST, verifier)).toBe('proved');
    nowMs += 70_000;
    expect(await outcome(proof, REQUEST, verifier)).toBe('proof_replayed');
    const slow = new DpopProofVerifier({ replays, clock: () => nowMs - 9000 });
    nowMs += 9000;
    expect(await outcome(proof, REQUEST, slow)).toBe('proof_replayed');
  });

  describe('with nonces', () => {
    const nonces = new DpopNonces({ keys: [Buffer.alloc(32, 1)] });
    const other = new DpopNonces({ keys: [Buffer.alloc(32, 2)] });
    const withNonce = (nonce: unknown) =>
      outcome(forgeProof(KEY, { claims: { nonce } }), REQUEST, verifierAt(clock(), nonces));

    it.each([
      ['none', undefined, 'proof_nonce'],
      ['that of another server', other.current(clock()), 'proof_nonce'],
      ['one of long ago', nonces.current(clock() - 300_000), 'proof_nonce'],
      ['one that is no text', 1, 'proof_claims'],
      ['one of its own', nonces.current(clock()), 'proved'],
      ['one of a moment ago', nonces.current(clock() - 120_000), 'proved'],
    ])('refuses or takes a proof: %s', async (_, nonce, reason) => {
      expect(await withNonce(nonce)).toBe(reason);
    });
  });

  describe('the examples of RFC 9449', () => {
    const JKT = '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I';
    const HEADER =
      'eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0' +
      'VjNoUklDUkRZOXpDa0RscEJoRjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10' +
      'NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19';

    it('takes the proof of section 5 at the token endpoint', async () => {
      const proof =
        `${HEADER}.eyJqdGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIjoiUE9TVCIsImh0dSI6Imh0dHBzOi8vc2Vy` +
        'dmVyLmV4YW1wbGUuY29tL3Rva2VuIiwiaWF0IjoxNTYyMjYyNjE2fQ.2-GxA6T8lP4vfrg8v-FdWP0A0zdrj8ig' +
        'iMLvqRMUvwnQg4PtFLbdLXiOSsX0x7NVY-FNyJK70nfbV37xRZT3Lg';
      const uris = ['https://server.example.com/token'];
      const request = { method: 'POST', uris };
      expect(await verifierAt(1562262616_000).verify(proof, request)).toBe(JKT);
    });

    it('takes the proof of section 7.1 at the resource', async () => {
      const proof =
        `${HEADER}.eyJqdGkiOiJlMWozVl9iS2ljOC1MQUVCIiwiaHRtIjoiR0VUIiwiaHR1IjoiaHR0cHM6Ly9yZXNv` +
        'dXJjZS5leGFtcGxlLm9yZy9wcm90ZWN0ZWRyZXNvdXJjZSIsImlhdCI6MTU2MjI2MjYxOCwiYXRoIjoiZlVIeU8y' +
        'cjJaM0RaNTNFc05yV0JiMHhXWG9hTnk1OUlpS0NBcWtzbVFFbyJ9.2oW9RP35yRqzhrtNP86L-Ey71EOptxRimP' +
        'PToA1plemAgR6pxHF8y6-yqyVnmcw6Fy1dqd-jfxSYoMxhAJpLjA';
      const accessToken = 'Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU';
      const uris = ['https://resource.example.org/protectedresource'];
      const request = { method: 'GET', uris, bound: { accessToken, jkt: JKT } };
      expect(await verifierAt(1562262618_000).verify(proof, request)).toBe(JKT);
    });
  });
});
