import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import { jwtVerify } from 'jose';
import { signJwt } from '../issuance/jws.signer.js';
import { createKeyRing, KEY_TIMES, TurnedClock } from '../testing/key-ring.fixture.js';
import { KeyImportError, readKeyFile } from './key.file.js';
import { type ImportedKey } from './key.import.js';
import { makeKeyPair } from './signature.js';
import { BACKGROUND } from '../http/request.origin.js';

const generate = promisify(generateKeyPair);
const LEAD_MS = KEY_TIMES.leadSeconds * 1000;
const ROTATION_MS = KEY_TIMES.rotationSeconds * 1000;

async function setUp() {
  const clock = new TurnedClock();
  const parts = createKeyRing('ES256', clock);
  await parts.ring.onModuleInit();
  return { ...parts, clock };
}

async function keyOf(
  algorithm: ImportedKey['algorithm'] = 'ES256',
  more: Partial<ImportedKey> = {},
) {
  const { privateKey } = await makeKeyPair(algorithm);
  const text = privateKey.export({ format: 'pem', type: 'pkcs8' }) as string;
  const { publicJwk } = await readKeyFile(text);
  return { privateKey, publicJwk, algorithm, by: 'operator', origin: BACKGROUND, ...more };
}

describe('KeyImport', () => {
  it('publishes a key, which signs next once its lead is over, and then its standby', async () => {
    const { ring, imports, store, clock, audit } = await setUp();
    const { kid: first } = await ring.signingKey();
    const standby = store.keys.find(({ status }) => status === 'pending')?.kid;
    clock.advance(ROTATION_MS - 1000);
    const { kid, signFrom } = await imports.import(await keyOf());
    expect(signFrom.getTime()).toBe(clock.nowMs() + LEAD_MS);
    expect(audit.events).toContainEqual({
      type: 'key.imported',
      outcome: 'success',
      detail: { by: 'operator', kid, algorithm: 'ES256', purpose: 'sign' },
    });

    await ring.renew();
    expect(ring.published().body).toContain(kid);
    clock.advance(LEAD_MS - 1);
    await ring.renew();
    expect((await ring.signingKey()).kid).toBe(first);
    clock.advance(1);
    const key = await ring.signingKey();
    expect(key.kid).toBe(kid);
    const token = await signJwt(key, 'at+jwt', { sub: 'a' });
    expect((await jwtVerify(token, key.publicKey)).payload).toEqual({ sub: 'a' });
    clock.advance(ROTATION_MS);
    expect((await ring.signingKey()).kid).toBe(standby);
  });

  it('lets a rotation by hand make it sign', async () => {
    const { ring, rotation, imports, clock } = await setUp();
    const { kid } = await imports.import(await keyOf());
    const takesOverAt = await rotation.rotateNow({ by: 'operator', origin: BACKGROUND });
    expect(takesOverAt.getTime()).toBe(clock.nowMs() + LEAD_MS);
    await ring.renew();
    clock.advance(LEAD_MS);
    expect((await ring.signingKey()).kid).toBe(kid);
  });

  it.each(['ES256', 'RS256'] as const)(
    'only publishes a key of %s that is to verify, until the time given',
    async (algorithm) => {
      const { ring, imports, clock } = await setUp();
      const verifyOnlyUntil = new Date(clock.nowMs() + 7 * ROTATION_MS);
      const key = await keyOf(algorithm, { verifyOnlyUntil, kid: 'legacy-2019' });
      expect((await imports.import(key)).kid).toBe('legacy-2019');
      await ring.renew();
      for (let n = 0; n < 7; n += 1) {
        expect(ring.verificationKey('legacy-2019')?.algorithm).toBe(algorithm);
        expect((await ring.signingKey()).kid).not.toBe('legacy-2019');
        clock.advance(ROTATION_MS);
        await ring.renew();
      }
      expect(ring.verificationKey('legacy-2019')).toBeUndefined();
      expect(ring.hintKey('legacy-2019')?.algorithm).toBe(algorithm);
    },
  );

  it.each([
    ['RSA of 1024 bits', 'RS256', () => generate('rsa', { modulusLength: 1024 }), /1024 bits/],
    ['another curve', 'ES256', () => generate('ec', { namedCurve: 'P-384' }), /no key for ES256/],
    [
      'a curve of no use',
      'ES256',
      () => generate('ec', { namedCurve: 'P-521' }),
      /no key for ES256/,
    ],
    ['another kind', 'RS256', () => generate('ec', { namedCurve: 'P-256' }), /no key for RS256/],
  ] as const)('refuses a key of %s for %s', async (_, algorithm, make, reason) => {
    const { imports, store } = await setUp();
    const { privateKey } = await make();
    const { publicJwk } = await readKeyFile(
      privateKey.export({ format: 'pem', type: 'pkcs8' }) as string,
    );
    const refused = imports.import({
      privateKey,
      publicJwk,
      algorithm,
      by: 'operator',
      origin: BACKGROUND,
    });
    await expect(refused).rejects.toThrow(KeyImportError);
    await expect(refused).rejects.toThrow(reason);
    expect(store.keys).toHaveLength(2);
  });

  it('refuses halves that do not belong together', async () => {
    const { imports } = await setUp();
    const { publicJwk } = await keyOf();
    const mixed = await keyOf('ES256', { publicJwk });
    await expect(imports.import(mixed)).rejects.toThrow(/does not belong/);
  });

  it.each(['pending', 'gone', 'revoked'] as const)(
    'refuses a key that is known, though it is %s, under whichever name',
    async (status) => {
      const { imports, store } = await setUp();
      const key = await keyOf();
      const { kid } = await imports.import(key);
      store.keys = store.keys.map((one) => (one.kid === kid ? { ...one, status } : one));
      await expect(imports.import(key)).rejects.toThrow(`there is a key ${kid} already`);
      await expect(imports.import({ ...key, kid: 'other' })).rejects.toThrow(/this key, as/);
      await expect(imports.import(await keyOf('ES256', { kid }))).rejects.toThrow(/already/);
    },
  );

  it.each([
    ['an algorithm that nothing is signed by', 'EdDSA', {}, /nothing is signed by EdDSA/],
    ['a time that has passed', 'ES256', { verifyOnlyUntil: new Date(0) }, /has passed/],
    ['a kid with a space', 'ES256', { kid: 'a b' }, /printable/],
  ] as const)('refuses %s', async (_, algorithm, more, reason) => {
    const { imports, store } = await setUp();
    await expect(imports.import(await keyOf(algorithm, more))).rejects.toThrow(reason);
    expect(store.keys).toHaveLength(2);
  });
});
