/** Signatures of every algorithm as jose makes them, and texts that only look like one. */
import { randomBytes, sign } from 'node:crypto';
import { ASYMMETRIC_ALGORITHMS, HMAC_ALGORITHMS, type AsymmetricAlgorithm } from '@keyward/oauth';
import { CompactSign } from 'jose';
import { generateSigningKey, signBytes, type SigningKey } from '../testing/signing-key.js';
import { without } from '../spec-support/without.js';
import { importPublicJwk, importSecret } from './jwk-import.js';
import { type VerificationKey } from './verification-key.js';

const KEYS = new Map<string, SigningKey>();

/** One key an algorithm for the whole file, and one RSA key for all of RSA: they are slow to make. */
function signingKey(alg: AsymmetricAlgorithm): SigningKey {
  const type = /^[RP]S/.test(alg) ? 'RS256' : alg;
  const known = KEYS.get(type) ?? generateSigningKey(type);
  KEYS.set(type, known);
  return { ...known, alg, publicJwk: { ...known.publicJwk, alg } };
}

/** What `verify` says, once it is known that the other thread says the same. */
async function verdict(
  key: VerificationKey,
  alg: string,
  data: Buffer,
  signature: Buffer,
): Promise<boolean> {
  const here = key.verify(alg, data, signature);
  expect(await key.verifyOffThread(alg, data, signature)).toBe(here);
  return here;
}

function imported(alg: AsymmetricAlgorithm): VerificationKey {
  const key = importPublicJwk(signingKey(alg).publicJwk, [alg]);
  if (key === undefined) throw new Error(`no key for ${alg}`);
  return key;
}

async function signedByJose(alg: string, key: Uint8Array | SigningKey['privateKey']) {
  const token = await new CompactSign(randomBytes(50)).setProtectedHeader({ alg }).sign(key);
  const end = token.lastIndexOf('.');
  return {
    data: Buffer.from(token.slice(0, end)),
    signature: Buffer.from(token.slice(end + 1), 'base64url'),
  };
}

describe.each(ASYMMETRIC_ALGORITHMS)('a key for %s', (alg) => {
  it('verifies what jose signed, and nothing else', async () => {
    const { data, signature } = await signedByJose(alg, signingKey(alg).privateKey);
    const key = imported(alg);
    expect(await verdict(key, alg, data, signature)).toBe(true);
    expect(await verdict(key, alg, Buffer.concat([data, Buffer.from('x')]), signature)).toBe(false);
  });

  it('refuses a signature of any other length without throwing', async () => {
    const data = Buffer.from('data');
    const good = signBytes(signingKey(alg), data);
    const key = imported(alg);
    const others = [
      Buffer.alloc(0),
      Buffer.alloc(1),
      good.subarray(0, -1),
      good.subarray(1),
      Buffer.concat([good, Buffer.alloc(1)]),
      Buffer.concat([Buffer.alloc(1), good]),
      Buffer.concat([good, good]),
      Buffer.alloc(9000, 1),
    ];
    for (const other of others) expect(await verdict(key, alg, data, other)).toBe(false);
    expect(await verdict(key, alg, data, good)).toBe(true);
  });

  it('refuses a signature without its leading zero, and with one more', async () => {
    const key = imported(alg);
    let data: Buffer = Buffer.alloc(0);
    let good: Buffer = Buffer.alloc(1, 1);
    // One signature in 256 starts with a zero; Ed25519 makes one a message, so the message changes.
    for (let i = 0; good[0] !== 0; i++) {
      data = Buffer.from(`data ${i}`);
      good = signBytes(signingKey(alg), data);
    }
    expect(await verdict(key, alg, data, good.subarray(1))).toBe(false);
    expect(await verdict(key, alg, data, Buffer.concat([Buffer.alloc(1), good]))).toBe(false);
    expect(await verdict(key, alg, data, good)).toBe(true);
  });

  it('refuses zeros, ones and noise of the right length', async () => {
    const data = Buffer.from('data');
    const { length } = signBytes(signingKey(alg), data);
    for (const forged of [Buffer.alloc(length), Buffer.alloc(length, 0xff), randomBytes(length)]) {
      expect(await verdict(imported(alg), alg, data, forged)).toBe(false);
    }
  });

  it('may be used with no other algorithm', async () => {
    const data = Buffer.from('data');
    const signature = signBytes(signingKey(alg), data);
    for (const other of [...ASYMMETRIC_ALGORITHMS, ...HMAC_ALGORITHMS, 'none', '', 'constructor']) {
      expect([other, imported(alg).allows(other)]).toEqual([other, other === alg]);
      if (other !== alg) expect(await verdict(imported(alg), other, data, signature)).toBe(false);
    }
  });
});

describe.each(['ES256', 'ES384', 'ES512'] as const)('an %s signature', (alg) => {
  const data = Buffer.from('data');

  it('is refused in DER, whatever its length', async () => {
    for (let i = 0; i < 20; i++) {
      const der = sign(`sha${alg.slice(2)}`, data, signingKey(alg).privateKey);
      expect(await verdict(imported(alg), alg, data, der)).toBe(false);
    }
  });

  it('is refused where r or s is zero or the order of the curve', async () => {
    const good = signBytes(signingKey(alg), data);
    const half = good.length / 2;
    for (const [r, s] of [
      [Buffer.alloc(half), Buffer.alloc(half)],
      [Buffer.alloc(half), good.subarray(half)],
      [good.subarray(0, half), Buffer.alloc(half)],
      [ORDER[alg], ORDER[alg]],
      [good.subarray(0, half), ORDER[alg]],
    ] as const) {
      expect(await verdict(imported(alg), alg, data, Buffer.concat([r, s]))).toBe(false);
    }
  });
});

/** The order of each curve, by which r and s have to be smaller (SEC 2 sections 2.4 to 2.6). */
const ORDER = {
  ES256: Buffer.from('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551', 'hex'),
  ES384: Buffer.from(
    'ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973',
    'hex',
  ),
  ES512: Buffer.from(
    '01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa' +
      '51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409',
    'hex',
  ),
};

describe('RSA', () => {
  it('keeps PKCS #1 and PSS apart for a key that may do both', async () => {
    const key = signingKey('RS256');
    const both = importPublicJwk(without(key.publicJwk, 'alg'), ['RS256', 'PS256']);
    const data = Buffer.from('data');
    const pkcs = signBytes(key, data, 'RS256');
    const pss = signBytes(key, data, 'PS256');
    expect(both?.algorithms).toEqual(['RS256', 'PS256']);
    expect(await verdict(both as VerificationKey, 'RS256', data, pkcs)).toBe(true);
    expect(await verdict(both as VerificationKey, 'PS256', data, pss)).toBe(true);
    expect(await verdict(both as VerificationKey, 'RS256', data, pss)).toBe(false);
    expect(await verdict(both as VerificationKey, 'PS256', data, pkcs)).toBe(false);
  });

  it('refuses PSS with a salt that is not as long as the digest (RFC 7518 section 3.5)', async () => {
    const data = Buffer.from('data');
    for (const saltLength of [0, 20, 64]) {
      const signature = sign('sha256', data, {
        key: signingKey('PS256').privateKey,
        padding: 6,
        saltLength,
      });
      expect(await verdict(imported('PS256'), 'PS256', data, signature)).toBe(false);
    }
  });
});

describe.each(HMAC_ALGORITHMS)('a secret for %s', (alg) => {
  const secret = randomBytes(64);

  it('verifies what jose signed, at its full length only', async () => {
    const { data, signature } = await signedByJose(alg, secret);
    const key = importSecret(secret, [alg]);
    expect(await verdict(key, alg, data, signature)).toBe(true);
    expect(await verdict(key, alg, data, signature.subarray(0, -1))).toBe(false);
    expect(await verdict(key, alg, data, Buffer.alloc(0))).toBe(false);
    expect(await verdict(key, alg, data, Buffer.alloc(signature.length))).toBe(false);
    expect(importSecret(randomBytes(64), [alg]).verify(alg, data, signature)).toBe(false);
  });

  it('has to be as long as the digest', async () => {
    const bytes = Number(alg.slice(2)) / 8;
    expect(importSecret(randomBytes(bytes), [alg]).allows(alg)).toBe(true);
    for (const length of [0, 1, bytes - 1]) {
      expect(() => importSecret(Buffer.alloc(length), [alg])).toThrow(TypeError);
    }
  });
});
