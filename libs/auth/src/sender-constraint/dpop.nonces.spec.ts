import { DpopNonces } from './dpop.nonces.js';

const NOW_MS = 1_800_000_000_000;
const KEYS = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)] as const;
const WINDOW_MS = 120_000;

describe('DpopNonces', () => {
  it('is the same at every replica, and for a while', () => {
    const [a, b] = [new DpopNonces({ keys: KEYS }), new DpopNonces({ keys: KEYS })];
    const nonce = a.current(NOW_MS);
    expect(nonce).toMatch(/^[\w-]{30}$/);
    expect(a.current(NOW_MS + WINDOW_MS - 1)).toBe(nonce);
    expect(a.current(NOW_MS + WINDOW_MS)).not.toBe(nonce);
    expect(b.accepts(nonce, NOW_MS)).toBe(true);
  });

  it.each([
    [-1.1, false],
    [-0.9, true],
    [0.9, true],
    [1.9, true],
    [2.1, false],
  ])('takes a nonce %d spans after its own began: %s', (spans, taken) => {
    const nonce = new DpopNonces({ keys: KEYS }).current(NOW_MS);
    expect(new DpopNonces({ keys: KEYS }).accepts(nonce, NOW_MS + spans * WINDOW_MS)).toBe(taken);
  });

  it('takes what an older key made, and not what an unknown one did', () => {
    const nonces = new DpopNonces({ keys: [KEYS[1], KEYS[0]] });
    expect(nonces.accepts(new DpopNonces({ keys: [KEYS[0]] }).current(NOW_MS), NOW_MS)).toBe(true);
    const stranger = new DpopNonces({ keys: [Buffer.alloc(32, 3)] });
    expect(nonces.accepts(stranger.current(NOW_MS), NOW_MS)).toBe(false);
  });

  it.each(['', 'x', 'A'.repeat(30), `${'A'.repeat(29)}=`, 'x'.repeat(5000)])(
    'refuses %.40j',
    (text) => {
      expect(new DpopNonces({ keys: KEYS }).accepts(text, NOW_MS)).toBe(false);
    },
  );

  it('has one text for each nonce', () => {
    const nonces = new DpopNonces({ keys: KEYS });
    const nonce = nonces.current(NOW_MS);
    for (const other of [`${nonce}=`, `${nonce} `, ` ${nonce}`]) {
      expect(nonces.accepts(other, NOW_MS)).toBe(false);
    }
  });

  it.each([
    [{ keys: [] }],
    [{ keys: [Buffer.alloc(31)] }],
    [{ keys: KEYS, nonceSeconds: 0 }],
    [{ keys: KEYS, nonceSeconds: NaN }],
  ])('does not start with %j', (options) => {
    expect(() => new DpopNonces(options)).toThrow(TypeError);
  });
});
