import { emissionMs, parseRequestRate } from './request.rate.js';

describe('parseRequestRate', () => {
  it.each([
    ['600/s burst 1200', { count: 600, periodMs: 1000, burst: 1200 }],
    ['30/m', { count: 30, periodMs: 60_000, burst: 30 }],
    ['1000/h', { count: 1000, periodMs: 3_600_000, burst: 1000 }],
    ['1/d burst 1', { count: 1, periodMs: 86_400_000, burst: 1 }],
  ])('reads %s', (text, rate) => {
    expect(parseRequestRate(text)).toEqual(rate);
  });

  it.each(['', '0/s', '1/s burst 0', '-1/s', '1.5/s', '1/w', '1/s burst', '1 /s', '1/s ', 'off'])(
    'does not take %j',
    (text) => {
      expect(parseRequestRate(text)).toBeNull();
    },
  );

  it('is made up for one by one', () => {
    expect(emissionMs({ count: 600, periodMs: 60_000, burst: 1 })).toBe(100);
  });
});
