import { describeBrowserSessionStore, sessionOf } from './browser-session.store.contract.js';
import { BffStoreUnavailableError } from './browser-session.store.js';
import { MemoryBrowserSessionStore } from './memory-browser-session.store.js';
import { MemoryBffSingleUseStore } from './memory-single-use.store.js';
import { describeBffSingleUseStore } from './single-use.store.contract.js';

describeBrowserSessionStore('this process', () => new MemoryBrowserSessionStore());
describeBffSingleUseStore('this process', () => new MemoryBffSingleUseStore());

describe('stores in this process', () => {
  it('take no more than they can hold, until something is over', async () => {
    let nowMs = Date.now();
    const sessions = new MemoryBrowserSessionStore(1, () => nowMs);
    await sessions.open('one', sessionOf(), 1000);
    await expect(sessions.open('two', sessionOf(), 1000)).rejects.toThrow(BffStoreUnavailableError);
    nowMs += 1000;
    await sessions.open('two', sessionOf(), 1000);

    const once = new MemoryBffSingleUseStore(1, () => nowMs);
    await once.put('one', '', 1000);
    await expect(once.put('two', '', 1000)).rejects.toThrow(BffStoreUnavailableError);
    nowMs += 1000;
    expect(await once.put('two', '', 1000)).toBe(true);
  });
});
