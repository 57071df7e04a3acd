import { HotStoreTrust } from './hot-store.trust.js';

describe('the trust in the hot store', () => {
  const whole = () => {
    const trust = new HotStoreTrust();
    trust.regain(trust.losses);
    return trust;
  };

  it('begins with the first complete relay', () => {
    const trust = new HotStoreTrust();
    expect(trust.isWhole).toBe(false);
    trust.regain(trust.losses);
    expect(trust.isWhole).toBe(true);
  });

  it('is not regained by a relay that began before it was lost', () => {
    const trust = whole();
    const before = trust.losses;
    trust.lose();
    trust.regain(before);
    expect(trust.isWhole).toBe(false);
    trust.regain(trust.losses);
    expect(trust.isWhole).toBe(true);
  });

  it('waits for all that is on its way to the hot store, and for no relay besides', async () => {
    const trust = whole();
    const finish: (() => void)[] = [];
    const newWork = () => new Promise<void>((resolve) => void finish.push(resolve));
    void trust.holdBackFor(newWork());
    void trust.holdBackFor(newWork());
    let isRestored = false;
    const restored = trust
      .restoreBy(() => Promise.reject(new Error('not asked for')))
      .then(() => (isRestored = true));
    finish[0]?.();
    await new Promise(setImmediate);
    expect(isRestored).toBe(false);
    finish[1]?.();
    await restored;
    expect(trust.isWhole).toBe(true);
  });

  it('relays after what failed, and says why where that fails, too', async () => {
    const trust = whole();
    const failure = Promise.reject(new Error('no answer'));
    const held = trust.holdBackFor(failure).catch(() => trust.lose());
    await expect(trust.restoreBy(() => Promise.reject(new Error('still none')))).rejects.toThrow(
      'still none',
    );
    await held;
    let relays = 0;
    await trust.restoreBy(async () => {
      relays += 1;
      if (relays === 2) trust.regain(trust.losses);
    });
    expect(relays).toBe(2);
  });

  it('waits for nothing that comes later, however much comes', async () => {
    const trust = whole();
    let isOver = false;
    const follow = (): Promise<void> =>
      trust.holdBackFor(new Promise((resolve) => setTimeout(resolve, 5))).then(() => {
        if (!isOver) void follow();
      });
    void follow();
    await trust.restoreBy(() => Promise.reject(new Error('not asked for')));
    expect(trust.isWhole).toBe(false);
    isOver = true;
  });

  it('goes on where a relay failed on something else than the hot store', async () => {
    const trust = new HotStoreTrust();
    await trust.restoreBy(() => {
      trust.regain(trust.losses);
      return Promise.reject(new Error('a sink'));
    });
    expect(trust.isWhole).toBe(true);
  });
});
