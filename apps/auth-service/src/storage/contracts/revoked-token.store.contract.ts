/** What every RevokedTokenStore must do. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type TokenRevocation } from '../../revocation/revocation.record.js';
import { type RevokedTokenStore } from '../../revocation/revoked-token.store.js';

/** A store under test and the accident that empties it. */
export interface RevokedTokenStoreHarness {
  readonly store: RevokedTokenStore;
  /** Another process's view of the same state; the same store where there is only one process. */
  readonly replica: RevokedTokenStore;
  /** Loses all state, as a flush or a new process does; returns the store to go on with. */
  lose(): Promise<RevokedTokenStore>;
}

/** @param open an empty store that was never restored */
export function describeRevokedTokenStore(open: () => Promise<RevokedTokenStoreHarness>): void {
  const inMs = (ms: number) => new Date(Date.now() + ms);
  const one = (jti: string, ms = 60_000): TokenRevocation => ({ jti, expiresAt: inMs(ms) });
  async function* pages(...lists: TokenRevocation[][]) {
    yield* lists;
  }

  it('knows nothing before it was restored, but what it was told', async () => {
    const { store } = await open();
    expect(await store.find('a')).toBe('unknown');
    await store.revoke(one('a'));
    expect(await store.find('a')).toBe('revoked');
    expect(await store.find('b')).toBe('unknown');
  });

  it('calls a token live only after it was restored', async () => {
    const { store, replica } = await open();
    await store.restore(pages([one('a')], [], [one('b')]));
    expect(await Promise.all(['a', 'b', 'c'].map((jti) => store.find(jti)))).toEqual([
      'revoked',
      'revoked',
      'live',
    ]);
    expect(await replica.find('a')).toBe('revoked');
    expect(await replica.find('c')).toBe('live');
  });

  it('may be told twice', async () => {
    const { store } = await open();
    await store.restore(pages());
    await Promise.all([store.revoke(one('a')), store.revoke(one('a')), store.revoke(one('b'))]);
    expect(await store.find('a')).toBe('revoked');
    expect(await store.find('b')).toBe('revoked');
  });

  it('forgets a token when it has expired, and one that already had', async () => {
    const { store } = await open();
    await store.restore(pages([one('c', 200)]));
    await store.revoke(one('a', 200));
    await store.revoke(one('b', -1000));
    expect(await store.find('a')).toBe('revoked');
    expect(await store.find('b')).toBe('live');
    await sleep(300);
    expect(await store.find('a')).toBe('live');
    expect(await store.find('c')).toBe('live');
  });

  it('says so when it has lost its state, until it is restored again', async () => {
    const { store, lose } = await open();
    await store.restore(pages([one('a')]));
    const emptied = await lose();
    expect(await emptied.find('a')).toBe('unknown');
    await emptied.revoke(one('b'));
    expect(await emptied.find('b')).toBe('revoked');
    expect(await emptied.find('a')).toBe('unknown');
    await emptied.restore(pages([one('a')]));
    expect(await emptied.find('a')).toBe('revoked');
    expect(await emptied.find('c')).toBe('live');
  });

  it('is not complete after a restore that failed half way', async () => {
    const { store } = await open();
    async function* broken() {
      yield [one('a')];
      throw new Error('the record went away');
    }
    await expect(store.restore(broken())).rejects.toThrow('the record went away');
    expect(await store.find('a')).toBe('revoked');
    expect(await store.find('b')).toBe('unknown');
  });

  it('may be restored by several at once', async () => {
    const { store, replica } = await open();
    const list = Array.from({ length: 3000 }, (_, index) => one(`t${index}`));
    await Promise.all([
      store.restore(pages(list.slice(0, 1500), list.slice(1500))),
      replica.restore(pages(list)),
      store.restore(pages(list)),
    ]);
    expect(await replica.find('t2999')).toBe('revoked');
    expect(await store.find('t0')).toBe('revoked');
    expect(await store.find('other')).toBe('live');
  });
}
