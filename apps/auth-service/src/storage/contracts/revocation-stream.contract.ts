/** What every stream of revocations must do. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type PositionedRevocation } from '../../revocation/revocation.js';
import { type RevocationStream } from '../../revocation/stream/revocation.stream.js';
import { type RedisConnection } from '../redis/redis.connection.js';

/** An empty stream, as two processes see it. */
export interface RevocationStreamHarness {
  readonly stream: RevocationStream;
  readonly replica: RevocationStream;
  readonly redis: RedisConnection;
}

const revocation = (position: number): PositionedRevocation => ({
  kind: 'jti',
  value: `t${position}`,
  iatBefore: null,
  audiences: ['urn:a'],
  expiresAt: new Date(2_000_000_000_000),
  position,
});
const revocations = (...positions: number[]) => positions.map(revocation);

export function describeRevocationStream(create: () => Promise<RevocationStreamHarness>): void {
  let stream: RevocationStream;
  let replica: RevocationStream;
  let redis: RedisConnection;
  beforeEach(async () => {
    ({ stream, replica, redis } = await create());
  });

  const entries = async () =>
    (await redis.run('revocations', (client) => client.xRange('revocations', '-', '+'))) ?? [];
  const places = async () =>
    (await entries()).map(({ message }) => {
      const { position, previous } = JSON.parse(String(message['data'])) as Record<string, number>;
      return `${message['event']} ${position} after ${previous}`;
    });

  it('links its entries, whatever the record left out', async () => {
    expect(
      await stream.extend({ end: null, revocations: revocations(2, 3), heartbeat: null }),
    ).toBe(3);
    expect(await replica.extend({ end: 3, revocations: revocations(6), heartbeat: 8 })).toBe(8);
    expect(await stream.extend({ end: 8, revocations: revocations(9), heartbeat: null })).toBe(9);
    expect(await places()).toEqual([
      'revocation 2 after 0',
      'revocation 3 after 2',
      'revocation 6 after 3',
      'heartbeat 8 after 6',
      'revocation 9 after 8',
    ]);
    expect((await entries())[0]).toEqual({
      id: '2-0',
      message: {
        event: 'revocation',
        data: '{"kind":"jti","value":"t2","exp":2000000000,"position":2,"previous":0}',
      },
    });
  });

  it('adds nothing where it ends elsewhere, and says where', async () => {
    await stream.extend({ end: null, revocations: revocations(1), heartbeat: null });
    for (const end of [null, 0, 2]) {
      expect(await replica.extend({ end, revocations: revocations(3), heartbeat: 3 })).toBe(1);
    }
    expect(await places()).toEqual(['revocation 1 after 0']);
    await stream.clear(2);
    expect(await places()).toHaveLength(1);
    await stream.clear(1);
    expect(await replica.extend({ end: 1, revocations: [], heartbeat: 1 })).toBeNull();
    expect(await places()).toEqual([]);
  });

  it('is extended by one of several who race', async () => {
    const ends = await Promise.all(
      [stream, replica, stream, replica].map((one, index) =>
        one.extend({ end: null, revocations: revocations(index + 1), heartbeat: null }),
      ),
    );
    expect(new Set(ends).size).toBe(1);
    expect(await places()).toEqual([`revocation ${ends[0]} after 0`]);
  });

  it('does not grow by heartbeats, each of which has an id above the last', async () => {
    const beat = (by: RevocationStream) => by.extend({ end: 4, revocations: [], heartbeat: 4 });
    await stream.extend({ end: null, revocations: revocations(4), heartbeat: 4 });
    const [, first] = await entries();
    expect([await beat(stream), await beat(replica)]).toEqual([4, 4]);
    expect((await entries())[1]?.id).toBe(first?.id);
    await sleep(2100);
    await Promise.all([beat(stream), beat(replica)]);
    expect(await places()).toEqual(['revocation 4 after 0', 'heartbeat 4 after 4']);
    const [, second] = await entries();
    expect(Number(second?.id.slice(2))).toBeGreaterThan(Number(first?.id.slice(2)));
  });

  it('keeps a heartbeat that leads over a hole', async () => {
    await stream.extend({ end: null, revocations: revocations(1), heartbeat: 5 });
    await sleep(2100);
    await stream.extend({ end: 5, revocations: [], heartbeat: 5 });
    expect(await places()).toEqual([
      'revocation 1 after 0',
      'heartbeat 5 after 1',
      'heartbeat 5 after 5',
    ]);
  });

  it('forgets what stands before a position', async () => {
    const all = Array.from({ length: 400 }, (_, index) => revocation(index + 1));
    await stream.extend({ end: null, revocations: all, heartbeat: 400 });
    await stream.trim(300);
    const left = await places();
    expect(left.length).toBeLessThan(250);
    expect(left.length).toBeGreaterThan(101);
    expect(left.at(-1)).toBe('heartbeat 400 after 400');
  });
}
