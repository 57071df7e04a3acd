import { eventually, ScriptedFeed } from '../spec-support/scripted-feed.js';
import { RevocationFeed } from './revocation.feed.js';

const EXP = 2_000_000_000;
const grant = (grantId: string) => ({
  tokenId: 't',
  grantId,
  clientId: 'c',
  issuedAt: 1,
});

describe('RevocationFeed', () => {
  let source: ScriptedFeed;
  let feed: RevocationFeed;
  let nowMs: number;
  beforeEach(() => {
    nowMs = 1_800_000_000_000;
    source = new ScriptedFeed();
    feed = new RevocationFeed({ source, clock: () => nowMs, maxEntries: 3 });
    feed.start();
    feed.start();
  });
  afterEach(() => feed.stop());

  const isStale = () => feed.isStale(60_000, nowMs);
  const knows = (grantId: string) => feed.find(grant(grantId), undefined) === 'grant';

  it('is stale until it has replayed what is in force, although it uses it at once', async () => {
    expect(isStale()).toBe(true);
    source.start();
    source.revoke('grant', 'g', EXP);
    await eventually(() => knows('g'));
    expect(isStale()).toBe(true);
    source.beat(7);
    await eventually(() => !isStale());
    expect(feed.state()).toEqual({
      replayed: true,
      ageSeconds: 0,
      position: 7,
      entries: 1,
      overfull: false,
    });
    expect(source.opened).toEqual([undefined]);
  });

  it('becomes stale when nothing is heard for too long, and fresh again by the next heartbeat', async () => {
    source.start();
    source.beat();
    await eventually(() => !isStale());
    nowMs += 60_001;
    expect(isStale()).toBe(true);
    source.beat();
    await eventually(() => !isStale());
  });

  it('goes on from where it was when the connection breaks', async () => {
    source.start();
    source.revoke('grant', 'g', EXP);
    source.beat(5);
    source.say(new Error('broken'));
    await eventually(() => source.opened.length === 2);
    expect(source.opened).toEqual([undefined, 5]);
    expect(isStale()).toBe(false);
    source.start(5);
    source.revoke('grant', 'h', EXP);
    await eventually(() => knows('h'));
    expect(knows('g')).toBe(true);
  });

  it.each([
    ['a gap', { position: 9, previous: 8 }],
    ['a step back', { position: 3, previous: 5 }],
  ])('asks for everything again after %s, and is stale until it has it', async (_, place) => {
    source.start();
    source.revoke('grant', 'g', EXP);
    source.beat(5);
    await eventually(() => !isStale());
    source.say({ type: 'heartbeat', data: place });
    await eventually(() => source.opened.length === 2);
    expect(source.opened[1]).toBeUndefined();
    expect(isStale()).toBe(true);
    expect(feed.state().lastFailure).toMatch(/^a gap in the feed/);
    expect(knows('g')).toBe(true);
    source.start();
    source.beat(9);
    await eventually(() => !isStale());
  });

  it('replays where the issuer does not know the position any more', async () => {
    source.start();
    source.beat(50);
    source.say('end');
    await eventually(() => source.opened.length === 2);
    source.start(0);
    source.revoke('grant', 'g', EXP);
    await eventually(() => knows('g'));
    expect(isStale()).toBe(true);
    source.beat(2);
    await eventually(() => !isStale());
  });

  it('takes no start elsewhere', async () => {
    source.start(3);
    await eventually(() => feed.state().lastFailure === 'a gap in the feed: it starts at 3');
    expect(isStale()).toBe(true);
  });

  it('is stale, and drops nothing, while there is more than it should hold', async () => {
    source.start();
    for (const grantId of ['a', 'b', 'c', 'd']) source.revoke('grant', grantId, EXP);
    source.beat();
    await eventually(() => feed.state().overfull);
    expect(isStale()).toBe(true);
    expect(['a', 'b', 'c', 'd'].every(knows)).toBe(true);
  });
});
