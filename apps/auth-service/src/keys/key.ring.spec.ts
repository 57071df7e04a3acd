import { TemporarilyUnavailableError } from '@keyward/oauth';
import { createKeyRing, KEY_TIMES, TurnedClock } from '../testing/key-ring.fixture.js';
import { type ListedSigningKey } from '../testing/listed-signing-key.store.js';
import { BACKGROUND } from '../http/request.origin.js';

const ROTATION_MS = KEY_TIMES.rotationSeconds * 1000;

async function setUp() {
  const clock = new TurnedClock();
  const parts = createKeyRing('ES256', clock);
  await parts.ring.onModuleInit();
  return { ...parts, clock };
}

describe('KeyRing', () => {
  it('makes the first keys, signs with one and publishes the public half of both', async () => {
    const { ring, store } = await setUp();
    const key = await ring.signingKey();
    expect(ring.verificationKey(key.kid)).toBe(key);
    const keys = store.keys.map(({ publicJwk }) => publicJwk);
    expect(keys).toHaveLength(2);
    expect(JSON.parse(ring.published().body)).toEqual({ keys });
  });

  it('keeps the KeyObjects of a known key, and notices what another replica changed', async () => {
    const { ring, store } = await setUp();
    const first = await ring.signingKey();
    const { etag } = ring.published();
    await ring.refresh();
    expect((await ring.signingKey()).publicKey).toBe(first.publicKey);
    expect(ring.published().etag).toBe(etag);

    store.keys = store.keys.filter(({ kid }) => kid !== first.kid);
    await ring.refresh();
    expect(ring.verificationKey(first.kid)).toBeUndefined();
    expect(ring.published().etag).not.toBe(etag);
  });

  it('changes over at the planned moment, without a look at the store', async () => {
    const { ring, store, clock } = await setUp();
    const [first, second] = store.keys as [ListedSigningKey, ListedSigningKey];
    const polls = Math.ceil(ROTATION_MS / KEY_TIMES.pollMs) - 1;
    clock.advance(polls * KEY_TIMES.pollMs);
    await ring.refresh();
    store.find = () => Promise.reject(new TemporarilyUnavailableError('down'));
    clock.advance(ROTATION_MS - polls * KEY_TIMES.pollMs - 1);
    expect((await ring.signingKey()).kid).toBe(first.kid);
    clock.advance(1);
    expect((await ring.signingKey()).kid).toBe(second.kid);
  });

  it('signs with the right key after it was asleep over a rotation by hand', async () => {
    const { ring: sleeper, store, keeping, clock } = await setUp();
    const other = createKeyRing('ES256', clock, store, keeping);
    const first = (await sleeper.signingKey()).kid;
    clock.advance(KEY_TIMES.leadSeconds * 1000);
    await other.rotation.rotateNow({ by: 'operator', origin: BACKGROUND });
    await other.ring.refresh();
    const { kid } = await other.ring.signingKey();
    expect(kid).not.toBe(first);
    expect((await sleeper.signingKey()).kid).toBe(kid);
  });

  it('signs with the right key after it was asleep over two planned rotations', async () => {
    const { ring: sleeper, store, keeping, clock } = await setUp();
    const other = createKeyRing('ES256', clock, store, keeping);
    for (let rotation = 0; rotation < 2; rotation += 1) {
      clock.advance(ROTATION_MS);
      await other.ring.renew();
    }
    const { kid } = await other.ring.signingKey();
    expect((await sleeper.signingKey()).kid).toBe(kid);
    expect(JSON.parse(sleeper.published().body).keys).toHaveLength(3);
  });

  it('answers nobody by old keys while it reads the new ones after a sleep', async () => {
    const { ring: sleeper, store, keeping, clock } = await setUp();
    const other = createKeyRing('ES256', clock, store, keeping);
    for (let rotation = 0; rotation < 2; rotation += 1) {
      clock.advance(ROTATION_MS);
      await other.ring.renew();
    }
    const { kid } = await other.ring.signingKey();
    // The poll that was due is faster than the first request.
    const polling = sleeper.refresh();
    expect((await sleeper.signingKey()).kid).toBe(kid);
    await polling;
  });

  it('never signs past the planned end, and says so', async () => {
    const { ring, store, clock } = await setUp();
    store.find = () => Promise.reject(new TemporarilyUnavailableError('down'));
    clock.advance(2 * ROTATION_MS - 1);
    expect((await ring.signingKey()).kid).toBe(store.keys[1]?.kid);
    clock.advance(1);
    await expect(ring.signingKey()).rejects.toThrow(TemporarilyUnavailableError);
  });

  it.each([
    ['is retired', { status: 'retired' as const }],
    ['is to sign later', { signFrom: new Date(Date.now() + 60_000) }],
    ['is past its planned end', { signUntil: new Date(Date.now() - 1) }],
  ])('does not sign with a key that %s', async (_, change) => {
    const { ring, store, vault } = createKeyRing();
    store.keys = [{ ...(await vault.generate('ES256')), ...change }];
    await ring.refresh();
    await expect(ring.signingKey()).rejects.toThrow(TemporarilyUnavailableError);
  });

  it('makes the first keys of an algorithm that was registered just now, once for all who ask', async () => {
    const { ring, registered, store, audit } = await setUp();
    registered.algorithms = ['RS256'];
    const keys = await Promise.all([1, 2, 3].map(() => ring.signingKey('RS256')));
    expect(new Set(keys).size).toBe(1);
    expect(keys[0]?.algorithm).toBe('RS256');
    expect((await ring.signingKey()).algorithm).toBe('ES256');
    expect(store.keys.filter(({ algorithm }) => algorithm === 'RS256')).toHaveLength(2);
    expect(audit.events.filter(({ type }) => type === 'key.activated')).toHaveLength(2);
  });

  it('signs by no algorithm that is not registered', async () => {
    const { ring } = await setUp();
    await expect(ring.signingKey('EdDSA')).rejects.toThrow(TemporarilyUnavailableError);
  });

  it('keeps of a key that is gone what checks an old ID token, and nothing else', async () => {
    const { ring, store, clock } = await setUp();
    const { kid, publicKey } = await ring.signingKey();
    clock.advance(ROTATION_MS);
    await ring.renew();
    expect(ring.verificationKey(kid)?.status).toBe('retired');
    clock.advance(KEY_TIMES.leadSeconds * 1000);
    await ring.renew();
    expect(store.keys[0]?.status).toBe('gone');
    expect(ring.verificationKey(kid)).toBeUndefined();
    expect(ring.published().body).not.toContain(kid);
    expect(ring.hintKey(kid)?.publicKey.equals(publicKey)).toBe(true);
  });

  it.each([
    [-11_000, 'does not start', /11 seconds behind PostgreSQL's/],
    [11_000, 'does not start', /11 seconds ahead of PostgreSQL's/],
    [-9000, 'starts', null],
    [9000, 'starts', null],
  ])('with a clock that is %d ms off it %s', async (offMs, _, problem) => {
    const clock = new TurnedClock();
    const { store, keeping } = createKeyRing('ES256', clock);
    const { ring } = createKeyRing('ES256', new TurnedClock(clock.nowMs() + offMs), store, keeping);
    if (problem === null) await ring.onModuleInit();
    else await expect(ring.onModuleInit()).rejects.toThrow(problem);
  });

  it('is not set back by a read that began before a key was revoked and ended after', async () => {
    const { ring, store } = await setUp();
    const [revoked] = store.keys as [ListedSigningKey, ListedSigningKey];
    const before = await store.find();
    let answerLate = (): void => undefined;
    const find = store.find.bind(store);
    store.find = () => new Promise((resolve) => (answerLate = () => resolve(before)));
    const slow = ring.refresh();
    store.find = find;
    store.keys = store.keys.filter(({ kid }) => kid !== revoked.kid);
    await ring.refresh();
    answerLate();
    await slow;
    expect(ring.verificationKey(revoked.kid)).toBeUndefined();
  });

  it('lets a revoked key go where no other can be made', async () => {
    const { ring, rotation, store } = await setUp();
    const [revoked] = store.keys as [ListedSigningKey, ListedSigningKey];
    store.keys = store.keys.filter(({ kid }) => kid !== revoked.kid);
    rotation.advance = () => Promise.reject(new TemporarilyUnavailableError('no signer'));
    await expect(ring.renew()).rejects.toThrow('no signer');
    expect(ring.verificationKey(revoked.kid)).toBeUndefined();
  });

  it('stays as it is when the keys cannot be read', async () => {
    const { ring, store } = await setUp();
    const key = await ring.signingKey();
    store.find = () => Promise.reject(new TemporarilyUnavailableError('down'));
    await expect(ring.refresh()).rejects.toThrow(TemporarilyUnavailableError);
    expect(await ring.signingKey()).toBe(key);
  });
});
