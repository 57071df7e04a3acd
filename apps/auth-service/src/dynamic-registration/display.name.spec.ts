import { displayName, UNNAMED } from './display.name.js';

describe('displayName', () => {
  it.each([
    ['as it is', 'Zoë’s Agent 2', 'Zoë’s Agent 2'],
    ['without a turn of direction', 'Bank\u202Eknab', 'Bankknab'],
    ['without isolates', 'a\u2066b\u2069', 'ab'],
    ['without marks of direction', '\u200Eb\u200F\u061C', 'b'],
    ['without what nobody sees', 'Pay\u200Bpal\u2060\uFEFF', 'Paypal'],
    ['without fillers', '\u3164Agent\u115F', 'Agent'],
    ['without controls', 'a\u0000b\u001B[31mc', 'ab[31mc'],
    ['on one line', 'Agent\n\n(verified)\u2028by us', 'Agent (verified) by us'],
    ['without towers of marks', `a${'\u0301\u0302\u0303'.repeat(9)}b`, 'á\u0302\u0303b'],
    ['composed', 'e\u0301', '\u00e9'],
  ])('shows it %s', (_how, name, shown) => expect(displayName(name)).toBe(shown));

  it.each(['', ' \t', '\u200B\u202E', '\u3164'])('has another for %j', (name) =>
    expect(displayName(name)).toBe(UNNAMED),
  );

  it('cuts it short between characters', () => {
    const shown = displayName('😀'.repeat(100));
    expect([...shown]).toHaveLength(81);
    expect(shown.endsWith('😀…')).toBe(true);
  });
});
