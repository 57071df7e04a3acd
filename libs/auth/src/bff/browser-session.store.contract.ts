/** What every store of browser sessions does, run on each adapter. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type BrowserSession } from './browser-session.js';
import { type BrowserSessionStore } from './browser-session.store.js';

const IDLE_MS = 60_000;

/** A session that lives for a minute, with members that say otherwise. */
export function sessionOf(change: Partial<BrowserSession> = {}): BrowserSession {
  return {
    subject: 'ada',
    sid: 'sid-1',
    claims: { name: 'Ada' },
    idToken: 'id.token.1',
    refreshToken: 'refresh-1',
    accessTokens: { orders: { value: 'access-1', renewAtMs: 1, expiresAtMs: 2 } },
    endsAtMs: Date.now() + 60_000,
    ...change,
  };
}

export function describeBrowserSessionStore(
  name: string,
  open: () => Promise<BrowserSessionStore> | BrowserSessionStore,
): void {
  describe(`${name} as a store of browser sessions`, () => {
    let store: BrowserSessionStore;
    let count = 0;
    const newKey = () => `key-${process.pid}-${Date.now()}-${(count += 1)}`;
    beforeAll(async () => {
      store = await open();
    });

    it('finds what was opened, and nothing else', async () => {
      const [key, session] = [newKey(), sessionOf()];
      await store.open(key, session, IDLE_MS);
      expect(await store.find(key, IDLE_MS)).toEqual({ session, version: 1 });
      expect(await store.find(newKey(), IDLE_MS)).toBeNull();
    });

    it('replaces the state that somebody saw, and no later one', async () => {
      const [key, session] = [newKey(), sessionOf()];
      await store.open(key, session, IDLE_MS);
      const renewed = { ...session, refreshToken: 'refresh-2' };
      expect(await store.replace(key, 1, renewed)).toBe(true);
      expect(await store.replace(key, 1, session)).toBe(false);
      expect(await store.find(key, IDLE_MS)).toEqual({ session: renewed, version: 2 });
    });

    it('lets one of many replacements of a state win', async () => {
      const [key, session] = [newKey(), sessionOf()];
      await store.open(key, session, IDLE_MS);
      const won = await Promise.all(
        Array.from({ length: 20 }, () => store.replace(key, 1, session)),
      );
      expect(won.filter(Boolean)).toHaveLength(1);
    });

    it('never brings back what was closed', async () => {
      const [key, session] = [newKey(), sessionOf()];
      await store.open(key, session, IDLE_MS);
      await store.close(key);
      await store.close(key);
      expect(await store.replace(key, 1, session)).toBe(false);
      expect(await store.find(key, IDLE_MS)).toBeNull();
    });

    it('forgets a session that nobody uses, and keeps one in use', async () => {
      const [idle, used] = [newKey(), newKey()];
      await store.open(idle, sessionOf(), 300);
      await store.open(used, sessionOf(), 300);
      for (let i = 0; i < 4; i += 1) {
        await sleep(100);
        expect(await store.find(used, 300)).not.toBeNull();
      }
      expect(await store.find(idle, 300)).toBeNull();
    });

    it('ends a session in its time, however much it is used', async () => {
      const key = newKey();
      await store.open(key, sessionOf({ endsAtMs: Date.now() + 200 }), IDLE_MS);
      expect(await store.find(key, IDLE_MS)).not.toBeNull();
      await sleep(300);
      expect(await store.find(key, IDLE_MS)).toBeNull();
    });

    it('closes every session of a sign-in', async () => {
      const [one, two, other] = [newKey(), newKey(), newKey()];
      const sid = newKey();
      await store.open(one, sessionOf({ sid }), IDLE_MS);
      await store.open(two, sessionOf({ sid }), IDLE_MS);
      await store.open(other, sessionOf({ sid: newKey() }), IDLE_MS);
      await store.closeOf({ sid });
      expect(await store.find(one, IDLE_MS)).toBeNull();
      expect(await store.find(two, IDLE_MS)).toBeNull();
      expect(await store.find(other, IDLE_MS)).not.toBeNull();
    });

    it('closes every session of a person, with and without a sid', async () => {
      const [one, two, other] = [newKey(), newKey(), newKey()];
      const subject = newKey();
      await store.open(one, sessionOf({ subject }), IDLE_MS);
      await store.open(two, sessionOf({ subject, sid: undefined }), IDLE_MS);
      await store.open(other, sessionOf({ subject: newKey() }), IDLE_MS);
      await store.closeOf({ subject });
      expect(await store.find(one, IDLE_MS)).toBeNull();
      expect(await store.find(two, IDLE_MS)).toBeNull();
      expect(await store.find(other, IDLE_MS)).not.toBeNull();
    });

    it('gives the right to renew to one at a time, and back to its holder alone', async () => {
      const key = newKey();
      const holders = Array.from({ length: 20 }, (_, i) => `holder-${i}`);
      const got = await Promise.all(holders.map((holder) => store.lock(key, holder, IDLE_MS)));
      expect(got.filter(Boolean)).toHaveLength(1);
      const holder = holders[got.indexOf(true)] ?? '';
      await store.unlock(key, 'somebody else');
      expect(await store.lock(key, 'next', IDLE_MS)).toBe(false);
      await store.unlock(key, holder);
      expect(await store.lock(key, 'next', IDLE_MS)).toBe(true);
    });

    it('takes the right to renew from a holder that is silent', async () => {
      const key = newKey();
      expect(await store.lock(key, 'silent', 50)).toBe(true);
      await sleep(100);
      expect(await store.lock(key, 'next', IDLE_MS)).toBe(true);
      await store.unlock(key, 'silent');
      expect(await store.lock(key, 'third', IDLE_MS)).toBe(false);
    });
  });
}
