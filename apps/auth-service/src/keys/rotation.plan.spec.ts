import { type PlannedKey } from './rotation.draft.js';
import { planRotation, type RotationPolicy } from './rotation.plan.js';

const SECOND = 1000;
const POLICY: RotationPolicy = {
  algorithms: ['ES256'],
  rotationMs: 100 * SECOND,
  leadMs: 20 * SECOND,
  retirementMs: 50 * SECOND,
};
const START = 1_800_000_000_000;
const at = (seconds: number) => new Date(START + seconds * SECOND);

/** The rows of a store, and what a plan makes of them. */
class Rows {
  keys: (Omit<PlannedKey, 'status'> & { status: PlannedKey['status'] | 'gone' | 'revoked' })[] = [];
  private made = 0;

  plan(seconds: number, policy = POLICY, endsAt?: number) {
    const isPublished = (key: (typeof this.keys)[number]): key is PlannedKey =>
      key.status !== 'gone' && key.status !== 'revoked';
    const ends = endsAt === undefined ? undefined : { algorithm: 'ES256' as const, atMs: endsAt };
    return planRotation(this.keys.filter(isPublished), at(seconds).getTime(), policy, ends);
  }

  advance(seconds: number, policy = POLICY, endsAt?: number): this {
    const { updates, added } = this.plan(seconds, policy, endsAt);
    this.keys = this.keys.map((key) => ({ ...key, ...updates.find(({ kid }) => kid === key.kid) }));
    for (const key of added) this.keys.push({ ...key, kid: `key-${(this.made += 1)}` });
    return this;
  }

  revoke(kid: string): this {
    this.keys = this.keys.map((key) => (key.kid === kid ? { ...key, status: 'revoked' } : key));
    return this;
  }

  /** kid, status, from, until: times in seconds from the start. */
  get shown() {
    const time = (date: Date | null) => date && (date.getTime() - START) / SECOND;
    return this.keys.map((k) => [k.kid, k.status, time(k.signFrom), time(k.signUntil)]);
  }
}

describe('planRotation', () => {
  it('begins with a key that signs and one that waits, and then changes nothing', () => {
    const rows = new Rows().advance(0);
    expect(rows.shown).toEqual([
      ['key-1', 'active', 0, 100],
      ['key-2', 'pending', 100, 200],
    ]);
    for (const second of [0, 1, 99]) {
      expect(rows.plan(second)).toEqual({ updates: [], added: [] });
    }
  });

  it('takes a key through its whole life', () => {
    const rows = new Rows().advance(0).advance(100);
    expect(rows.shown).toEqual([
      ['key-1', 'retired', 0, 100],
      ['key-2', 'active', 100, 200],
      ['key-3', 'pending', 200, 300],
    ]);
    expect(rows.plan(149)).toEqual({ updates: [], added: [] });
    expect(rows.advance(150).shown[0]).toEqual(['key-1', 'gone', 0, 100]);
  });

  it('gives the one key of before there was a plan an end and a successor', () => {
    const rows = new Rows();
    const old = { kid: 'old', algorithm: 'ES256', status: 'active' } as const;
    rows.keys = [{ ...old, signFrom: at(-500), signUntil: null, createdAt: at(-500) }];
    expect(rows.advance(0).shown).toEqual([
      ['old', 'active', -500, 20],
      ['key-1', 'pending', 20, 120],
    ]);
  });

  it('lets no key sign before it was published for its lead, however late anyone looks', () => {
    const rows = new Rows().advance(0).advance(195);
    expect(rows.shown.slice(1)).toEqual([
      ['key-2', 'active', 100, 215],
      ['key-3', 'pending', 215, 315],
    ]);
    expect(rows.advance(1000).shown.slice(1)).toEqual([
      ['key-2', 'gone', 100, 215],
      ['key-3', 'active', 215, 1020],
      ['key-4', 'pending', 1020, 1120],
    ]);
  });

  it('signs without a gap and with one key at a time, whenever somebody looks', () => {
    const rows = new Rows();
    const random = mulberry(42);
    let last = 0;
    for (let second = 0; second < 5000; second += Math.ceil(random() * 60)) {
      rows.advance(second);
      last = second;
      for (const key of rows.keys.slice(1)) {
        expect(+key.signFrom - +key.createdAt).toBeGreaterThanOrEqual(POLICY.leadMs);
      }
      expect(rows.keys.filter(({ status }) => status === 'active')).toHaveLength(1);
      expect(rows.keys.filter(({ status }) => status === 'pending')).toHaveLength(1);
    }
    rows.keys.slice(1).forEach((key, place) => {
      expect(key.signFrom).toEqual(rows.keys[place]?.signUntil);
    });
    expect(rows.keys.length).toBeGreaterThan(last / 200);
  });

  it('puts the standby in the place of a revoked key at once', () => {
    expect(new Rows().advance(0).revoke('key-1').advance(5).shown.slice(1)).toEqual([
      ['key-2', 'active', 5, 105],
      ['key-3', 'pending', 105, 205],
    ]);
  });

  it('makes a key that signs at once where all were revoked', () => {
    const rows = new Rows().advance(0).revoke('key-1').revoke('key-2').advance(5);
    expect(rows.shown.slice(2)).toEqual([
      ['key-3', 'active', 5, 105],
      ['key-4', 'pending', 105, 205],
    ]);
  });

  it('replaces a standby that was revoked, and keeps the active key for as long as it must', () => {
    expect(new Rows().advance(0).revoke('key-2').advance(90).shown).toEqual([
      ['key-1', 'active', 0, 110],
      ['key-2', 'revoked', 100, 200],
      ['key-3', 'pending', 110, 210],
    ]);
  });

  it.each([
    ['at once where the standby was published for its lead', 50, 50],
    ['as soon as the standby was', 5, 20],
  ])('rotates on demand %s', (_, asked, takesOver) => {
    const rows = new Rows().advance(0);
    rows.advance(asked, POLICY, at(asked).getTime()).advance(asked);
    expect(rows.advance(takesOver).shown.slice(0, 2)).toEqual([
      ['key-1', 'retired', 0, takesOver],
      ['key-2', 'active', takesOver, takesOver + 100],
    ]);
  });

  it('follows a shorter period, and never into the past', () => {
    const rows = new Rows().advance(0);
    rows.advance(60, { ...POLICY, rotationMs: 30 * SECOND });
    expect(rows.shown.slice(0, 2)).toEqual([
      ['key-1', 'active', 0, 60],
      ['key-2', 'pending', 60, 90],
    ]);
  });

  it('lets the keys of another algorithm end as planned', () => {
    const policy = { ...POLICY, algorithms: ['EdDSA'] } as const;
    const rows = new Rows().advance(0).advance(10, policy);
    expect(rows.shown).toEqual([
      ['key-1', 'active', 0, 100],
      ['key-2', 'pending', 100, 200],
      ['key-3', 'active', 10, 110],
      ['key-4', 'pending', 110, 210],
    ]);
    rows.advance(100, policy).advance(200, policy);
    expect(rows.shown.slice(0, 2)).toEqual([
      ['key-1', 'gone', 0, 100],
      ['key-2', 'retired', 100, 200],
    ]);
  });
});

/** A seeded generator, so that a failure can be repeated. */
function mulberry(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
