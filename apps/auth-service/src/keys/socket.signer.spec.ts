import { chmodSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { TemporarilyUnavailableError } from '@keyward/oauth';
import { jwtVerify } from 'jose';
import { SIGNING_ALGORITHMS } from '../config/environment.schema.js';
import { StartupError } from '../config/startup.error.js';
import { signJwt } from '../issuance/jws.signer.js';
import { createKeyRing, createVault, KEY_TIMES, TurnedClock } from '../testing/key-ring.fixture.js';
import { SignerProcess } from '../testing/signer.process.js';
import { SignerSocket } from './signer.socket.js';
import { type SigningKey } from './signing-key.js';
import { CorruptedKeyError } from './signing-key.vault.js';
import { SocketSigner } from './socket.signer.js';

const TIMEOUT_MS = 2000;

describe('SocketSigner', () => {
  let signer: SignerProcess;
  let adapter: SocketSigner;
  beforeAll(async () => {
    signer = await SignerProcess.start();
  });
  beforeEach(async () => {
    await signer.run();
    adapter = new SocketSigner(new SignerSocket(signer.socket, TIMEOUT_MS));
  });
  afterEach(async () => {
    await signer.become('none');
    adapter.onApplicationShutdown();
  });
  afterAll(() => signer.remove());

  const open = async () => {
    const { vault } = createVault(undefined, adapter);
    const stored = await vault.generate('ES256');
    return { vault, stored, key: await vault.open(stored) };
  };
  const sign = (key: SigningKey) => signJwt(key, 'at+jwt', { sub: 'alice' });

  it.each(SIGNING_ALGORITHMS)(
    'makes and uses an %s key whose private half stays with the signer',
    async (algorithm) => {
      const { vault } = createVault(undefined, adapter);
      const stored = await vault.generate(algorithm);
      expect(stored).toMatchObject({ signer: 'socket', encryptedPrivateKey: null });
      expect(await signer.keys()).toContain(stored.signerKey);
      const token = await sign(await vault.open(stored));
      const { payload, protectedHeader } = await jwtVerify(token, stored.publicJwk);
      expect(payload).toEqual({ sub: 'alice' });
      expect(protectedHeader).toEqual({ alg: algorithm, typ: 'at+jwt', kid: stored.kid });
    },
  );

  it('takes the signer for a whole life of a key, and has it destroyed at its end', async () => {
    const clock = new TurnedClock();
    const { ring, store } = createKeyRing(
      'ES256',
      clock,
      undefined,
      createVault(undefined, adapter),
    );
    const others = (await signer.keys()).length;
    await ring.onModuleInit();
    const first = await ring.signingKey();
    clock.advance(KEY_TIMES.rotationSeconds * 1000);
    await ring.renew();
    expect((await ring.signingKey()).kid).not.toBe(first.kid);
    expect(await signer.keys()).toHaveLength(others + 3);
    clock.advance(KEY_TIMES.leadSeconds * 1000);
    await ring.renew();
    expect(store.keys.find(({ kid }) => kid === first.kid)?.status).toBe('gone');
    expect(await signer.keys()).toHaveLength(others + 2);
  });

  it.each([
    ['garbage', /is no JSON/],
    ['malformed', /answered what it must not/],
    ['refuse', /answered 500/],
    ['foreign', /does not sign with the key/],
    ['die', /socket hang up|ECONNRESET|ECONNREFUSED/],
    ['hang', /did not answer within 2000 ms/],
  ] as const)(
    'answers 503 where the signer does %s, and goes on once it is well again',
    async (fault, reason) => {
      const { key } = await open();
      await signer.become(fault);
      const refused = await sign(key).catch((error: unknown) => error);
      expect(refused).toBeInstanceOf(TemporarilyUnavailableError);
      expect(String((refused as Error).message)).toMatch(reason);
      if (fault === 'die') {
        await signer.kill();
        await expect(sign(key)).rejects.toThrow(TemporarilyUnavailableError);
        await signer.run();
      } else {
        await signer.become('none');
      }
      expect(await sign(key)).toMatch(/^ey/);
    },
  );

  it('waits for a slow signer, many at a time, and mixes up nothing', async () => {
    const { key, stored } = await open();
    await signer.become('slow');
    const tokens = await Promise.all(
      Array.from({ length: 40 }, (_, n) => signJwt(key, 'at+jwt', { sub: String(n) })),
    );
    for (const [n, token] of tokens.entries()) {
      expect((await jwtVerify(token, stored.publicJwk)).payload.sub).toBe(String(n));
    }
  });

  it('refuses more than can wait at once, instead of letting all be late', async () => {
    const { key } = await open();
    await signer.become('hang');
    const start = performance.now();
    const attempts = Array.from({ length: 600 }, async () => {
      await expect(sign(key)).rejects.toThrow(TemporarilyUnavailableError);
      return performance.now() - start;
    });
    const times = await Promise.all(attempts);
    expect(times.filter((ms) => ms < TIMEOUT_MS / 2)).toHaveLength(600 - 512);
  });

  it('goes on over a connection that a restart of the signer closed', async () => {
    const { key } = await open();
    for (let restart = 0; restart < 3; restart += 1) {
      await signer.kill();
      await signer.run();
      expect(await sign(key)).toMatch(/^ey/);
    }
  });

  it('opens no key that its signer does not sign with', async () => {
    const { vault, stored } = await open();
    const other = await vault.generate('ES256');
    await expect(vault.open({ ...stored, signerKey: other.signerKey })).rejects.toThrow(
      TemporarilyUnavailableError,
    );
    await expect(vault.open({ ...stored, publicJwk: other.publicJwk })).rejects.toThrow(
      CorruptedKeyError,
    );
    await expect(vault.open({ ...stored, signerKey: 'unknown' })).rejects.toThrow(/does not hold/);
  });

  it('takes nothing in the place of a signer that is not configured', async () => {
    const { stored } = await open();
    await expect(createVault().vault.open(stored)).rejects.toThrow(/set AUTH_SIGNER_SOCKET/);
  });

  it('refuses a socket that everybody may connect to', async () => {
    chmodSync(signer.socket, 0o666);
    await expect(open()).rejects.toThrow(StartupError);
    chmodSync(signer.socket, 0o660);
    expect((await open()).stored.signer).toBe('socket');
  });

  it('does not let a server start without its signer, and says so', async () => {
    await signer.kill();
    const { ring } = createKeyRing('ES256', undefined, undefined, createVault(undefined, adapter));
    await expect(ring.onModuleInit()).rejects.toThrow(/start the signer first/);
  });

  it('lets a revoked key go while the signer is down', async () => {
    const { ring, store } = createKeyRing(
      'ES256',
      undefined,
      undefined,
      createVault(undefined, adapter),
    );
    await ring.onModuleInit();
    const { kid } = await ring.signingKey();
    await signer.kill();
    store.keys = store.keys.filter((key) => key.kid !== kid);
    await ring.refresh();
    expect(ring.verificationKey(kid)).toBeUndefined();
  });
});
