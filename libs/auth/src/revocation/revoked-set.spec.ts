import { type RevocationEvent } from '@keyward/oauth';
import { RevokedSet, type RevocableToken } from './revoked-set.js';

const token: RevocableToken = { tokenId: 't', grantId: 'g', clientId: 'c', issuedAt: 100 };
const event = (more: Partial<RevocationEvent>): RevocationEvent => ({
  ...{ kind: 'jti', value: 'x', exp: 1000, position: 1, previous: 0 },
  ...more,
});

describe('RevokedSet', () => {
  it.each([
    ['its jti', { value: 't' }, 'jti'],
    ['its grant', { kind: 'grant', value: 'g' }, 'grant'],
    ['its key', { kind: 'kid', value: 'k' }, 'kid'],
    ['its client until its iat', { kind: 'client', value: 'c', iat_before: 100 }, 'client'],
    ['its client for good', { kind: 'client', value: 'c' }, 'client'],
    ['its client before its iat', { kind: 'client', value: 'c', iat_before: 99 }, undefined],
    ['another grant that is called like its jti', { kind: 'grant', value: 't' }, undefined],
    ['a token that has expired anyway', { value: 't', exp: 50 }, undefined],
  ] as const)('knows of %s', (_, more, found) => {
    const set = new RevokedSet();
    set.add(event(more), 50);
    expect(set.find(token, 'k')).toBe(found);
    expect(set.find({ ...token, tokenId: 'u', grantId: 'h', clientId: 'd' }, 'l')).toBeUndefined();
  });

  it('takes a token without iat for as old as can be', () => {
    const set = new RevokedSet();
    set.add(event({ kind: 'client', value: 'c', iat_before: 1 }), 0);
    expect(set.find({ ...token, issuedAt: undefined }, 'k')).toBe('client');
  });

  it('keeps the later of two times for a client', () => {
    const set = new RevokedSet();
    for (const iat_before of [50, 100, 60])
      set.add(event({ kind: 'client', value: 'c', iat_before }), 0);
    expect(set.find(token, undefined)).toBe('client');
  });

  it('drops what expired while it grows, and nothing else', () => {
    const set = new RevokedSet();
    for (let n = 0; n < 3000; n += 1) set.add(event({ value: `old ${n}`, exp: 10 }), 0);
    set.add(event({ value: 't', exp: 1000 }), 0);
    set.sweep(500);
    expect(set.size).toBe(1);
    expect(set.find(token, 'k')).toBe('jti');
  });

  it('drops nothing when it is overfull, and says so', () => {
    const set = new RevokedSet(2);
    for (const value of ['a', 'b', 't']) set.add(event({ value }), 0);
    expect(set.isOverfull).toBe(true);
    expect(set.find(token, 'k')).toBe('jti');
  });
});
