/** What every RevokedTokenStore must do. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Revocation, type TokenIdentity } from '../../revocation/revocation.js';
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
  const revocation = (kind: Revocation['kind'], value: string, more = {}): Revocation => ({
    ...{ kind, value, iatBefore: null, audiences: null, expiresAt: inMs(60_000) },
    ...more,
  });
  const one = (jti: string, ms = 60_000) => revocation('jti', jti, { expiresAt: inMs(ms) });
  const token = (jti: string, more: Partial<TokenIdentity> = {}): TokenIdentity => ({
    ...{ jti, clientId: 'shop', issuedAt: 1000, grantId: null, kid: 'k1' },
    ...more,
  });
  async function* pages(...lists: Revocation[][]) {
    yield* lists;
  }

  it('knows nothing before it was restored, but what it was told', async () => {
    const { store } = await open();
    expect(await store.find(token('a'))).toBe('unknown');
    await store.revoke([one('a')]);
    expect(await store.find(token('a'))).toBe('revoked');
    expect(await store.find(token('b'))).toBe('unknown');
  });

  it('calls a token live only after it was restored', async () => {
    const { store, replica } = await open();
    await store.restore(pages([one('a')], [], [one('b')]));
    expect(await Promise.all(['a', 'b', 'c'].map((jti) => store.find(token(jti))))).toEqual([
      'revoked',
      'revoked',
      'live',
    ]);
    expect(await replica.find(token('a'))).toBe('revoked');
    expect(await replica.find(token('c'))).toBe('live');
  });

  it('may be told twice', async () => {
    const { store } = await open();
    await store.restore(pages());
    await Promise.all([
      store.revoke([one('a')]),
      store.revoke([one('a')]),
      store.revoke([one('b')]),
    ]);
    expect(await store.find(token('a'))).toBe('revoked');
    expect(await store.find(token('b'))).toBe('revoked');
  });

  it('forgets a token when it has expired, and one that already had', async () => {
    const { store } = await open();
    await store.restore(pages([one('c', 200)]));
    await store.revoke([one('a', 200)]);
    await store.revoke([one('b', -1000)]);
    expect(await store.find(token('a'))).toBe('revoked');
    expect(await store.find(token('b'))).toBe('live');
    await sleep(300);
    expect(await store.find(token('a'))).toBe('live');
    expect(await store.find(token('c'))).toBe('live');
  });

  it('says so when it has lost its state, until it is restored again', async () => {
    const { store, lose } = await open();
    await store.restore(pages([one('a')]));
    const emptied = await lose();
    expect(await emptied.find(token('a'))).toBe('unknown');
    await emptied.revoke([one('b')]);
    expect(await emptied.find(token('b'))).toBe('revoked');
    expect(await emptied.find(token('a'))).toBe('unknown');
    await emptied.restore(pages([one('a')]));
    expect(await emptied.find(token('a'))).toBe('revoked');
    expect(await emptied.find(token('c'))).toBe('live');
  });

  it('is not complete after a restore that failed half way', async () => {
    const { store } = await open();
    async function* broken() {
      yield [one('a')];
      throw new Error('the record went away');
    }
    await expect(store.restore(broken())).rejects.toThrow('the record went away');
    expect(await store.find(token('a'))).toBe('revoked');
    expect(await store.find(token('b'))).toBe('unknown');
  });

  it('may be restored by several at once', async () => {
    const { store, replica } = await open();
    const list = Array.from({ length: 3000 }, (_, index) => one(`t${index}`));
    await Promise.all([
      store.restore(pages(list.slice(0, 1500), list.slice(1500))),
      replica.restore(pages(list)),
      store.restore(pages(list)),
    ]);
    expect(await replica.find(token('t2999'))).toBe('revoked');
    expect(await store.find(token('t0'))).toBe('revoked');
    expect(await store.find(token('other'))).toBe('live');
  });

  it('finds a token by its grant, its client and its key', async () => {
    const { store, replica } = await open();
    await store.restore(
      pages([
        revocation('grant', 'g1'),
        revocation('client', 'c1', { iatBefore: 1000 }),
        revocation('kid', 'k9'),
      ]),
    );
    const states = {
      grant: token('a', { grantId: 'g1' }),
      'another grant': token('a', { grantId: 'g2' }),
      client: token('a', { clientId: 'c1' }),
      'the client later': token('a', { clientId: 'c1', issuedAt: 1001 }),
      'another client': token('a', { clientId: 'c2' }),
      key: token('a', { kid: 'k9' }),
      'no key': token('a', { kid: null }),
      'a jti that is called like the grant': token('g1'),
    };
    const found = Object.entries(states).map(async ([name, identity]) => [
      name,
      await replica.find(identity),
    ]);
    expect(Object.fromEntries(await Promise.all(found))).toEqual({
      grant: 'revoked',
      'another grant': 'live',
      client: 'revoked',
      'the client later': 'live',
      'another client': 'live',
      key: 'revoked',
      'no key': 'live',
      'a jti that is called like the grant': 'live',
    });
  });

  it('keeps the later of two times for a client, in whatever order they come', async () => {
    const { store } = await open();
    await store.restore(pages());
    for (const iatBefore of [500, 2000, 900]) {
      await store.revoke([revocation('client', 'shop', { iatBefore })]);
    }
    expect(await store.find(token('a', { issuedAt: 2000 }))).toBe('revoked');
    expect(await store.find(token('a', { issuedAt: 2001 }))).toBe('live');
  });
}
