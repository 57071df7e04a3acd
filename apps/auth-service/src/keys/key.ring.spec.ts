import { randomBytes } from 'node:crypto';
import { TemporarilyUnavailableError } from '@keyward/oauth';
import { type TokenConfig } from '../config/token.config.js';
import { EnvironmentKeyEncryption } from './environment.key-encryption.js';
import { KeyRing } from './key.ring.js';
import { SigningKeyCipher } from './signing-key.cipher.js';
import { type StoredSigningKey } from './signing-key.js';
import { SigningKeyStore } from './signing-key.store.js';

class ListedSigningKeyStore extends SigningKeyStore {
  keys: StoredSigningKey[] = [];

  async ensureActive(_: string, generate: () => Promise<StoredSigningKey>): Promise<void> {
    if (this.keys.length === 0) this.keys.push(await generate());
  }

  async findPublished(): Promise<readonly StoredSigningKey[]> {
    return this.keys;
  }
}

describe('KeyRing', () => {
  const cipher = new SigningKeyCipher(new EnvironmentKeyEncryption(randomBytes(32)));
  const config = { signingAlgorithm: 'ES256' } as TokenConfig;
  let store: ListedSigningKeyStore;
  let ring: KeyRing;
  beforeEach(() => {
    store = new ListedSigningKeyStore();
    ring = new KeyRing(store, cipher, config);
  });

  it('makes the first key, signs with it and publishes its public half', async () => {
    await ring.onModuleInit();
    const key = ring.signingKey();
    expect(ring.verificationKey(key.kid)).toBe(key);
    expect(ring.algorithms()).toEqual(['ES256']);
    expect(JSON.parse(ring.published().body)).toEqual({ keys: [store.keys[0]?.publicJwk] });
  });

  it('keeps the KeyObjects of a known key, and notices what another replica changed', async () => {
    await ring.onModuleInit();
    const first = ring.signingKey();
    const { etag } = ring.published();
    await ring.refresh();
    expect(ring.signingKey().privateKey).toBe(first.privateKey);
    expect(ring.published().etag).toBe(etag);

    const [old] = store.keys as [StoredSigningKey];
    const next = await cipher.generate('ES256');
    store.keys = [{ ...old, status: 'retired' }, next];
    await ring.refresh();
    expect(ring.signingKey().kid).toBe(next.kid);
    expect(ring.verificationKey(old.kid)?.status).toBe('retired');
    expect(ring.published().etag).not.toBe(etag);

    store.keys = [next];
    await ring.refresh();
    expect(ring.verificationKey(old.kid)).toBeUndefined();
  });

  it.each([
    ['is pending', { status: 'pending' as const }],
    ['is retired', { status: 'retired' as const }],
    ['is to sign later', { signFrom: new Date(Date.now() + 60_000) }],
    ['is past its planned end', { signUntil: new Date(Date.now() - 1) }],
    ['is for another algorithm', { algorithm: 'RS256' as const }],
  ])('does not sign with a key that %s', async (_, change) => {
    store.keys = [{ ...(await cipher.generate('ES256')), ...change }];
    await ring.refresh();
    expect(() => ring.signingKey()).toThrow(TemporarilyUnavailableError);
  });

  it('stays as it is when the keys cannot be read', async () => {
    await ring.onModuleInit();
    const key = ring.signingKey();
    store.findPublished = () => Promise.reject(new TemporarilyUnavailableError('down'));
    await expect(ring.refresh()).rejects.toThrow(TemporarilyUnavailableError);
    expect(ring.signingKey()).toBe(key);
  });
});
