/** What happens to Redis, to PostgreSQL and between them, and time, whatever clients do. */
import { FIRST, type Lineage } from './rotation.table.js';
import { type Step } from './state-space.js';
import { type Client, type Hot, type Switches, type World } from './world.js';

/** What a revocation leaves where Redis has no record. */
const NOTHING: Hot = { ...FIRST, current: 0, floor: 0, revoked: true, run: 0 };

export function* storageSteps(world: World): Iterable<Step<World>> {
  const { left } = world;
  if (!quiet(world)) {
    // What a network, a checkpoint or a replica does not deliver within W it never delivers.
  } else if (world.hot?.age === 'window' || world.checkpoint.age === 'window') {
    yield { label: 'W passes', state: aged(world, 'lost') };
  } else if (settled(world) && (world.hot?.age === 'lost' || world.checkpoint.age === 'lost')) {
    yield { label: 'lostResponseSeconds pass', state: aged(world, 'old') };
  }
  if (world.pending !== null) {
    const newer = world.pending.current >= world.checkpoint.current;
    const checkpoint = newer ? world.pending : world.checkpoint;
    yield { label: 'checkpoint', state: { ...world, checkpoint, pending: null } };
  }
  if (!same(world.replica, world.hot)) {
    yield { label: 'the replica catches up', state: { ...world, replica: world.hot } };
  }
  if (left.losses > 0) {
    const lost = { ...world, left: { ...left, losses: left.losses - 1 }, last: null };
    // Nobody empties Redis in the moment in which a dead server's script is on its way.
    if (world.rebuild?.locked !== false) {
      yield { label: 'FLUSHALL', state: { ...lost, hot: null } };
    }
    const failedOver = { ...lost, hot: world.replica, run: world.run + 1 };
    yield { label: 'fail-over to the replica', state: failedOver };
  }
  if (world.redisDown) yield { label: 'Redis is back', state: { ...world, redisDown: false } };
  else if (left.outages > 0) {
    const fewer = { ...left, outages: left.outages - 1 };
    yield { label: 'Redis is unreachable', state: { ...world, redisDown: true, left: fewer } };
  }
}

export function* revocationSteps(world: World, on: Switches): Iterable<Step<World>> {
  if (!world.revocationAsked && world.left.revocations > 0) {
    yield { label: 'revocation is asked for', state: { ...world, revocationAsked: true } };
  }
  const locked = on.lock && world.rebuild?.locked === true;
  if (world.revocationAsked && !world.grantRevoked && !locked) {
    const state = { ...world, grantRevoked: true, outbox: 'recorded' as const };
    yield { label: 'revocation is recorded', state };
  }
  if (world.outbox === 'recorded' && !world.outboxSeen) {
    yield { label: 'every server has seen the outbox', state: { ...world, outboxSeen: true } };
  }
  if (world.outbox === 'recorded' && on.relay && !world.redisDown) {
    const absent = on.tombstone ? { ...NOTHING, run: world.run } : null;
    const hot = world.hot === null ? absent : { ...world.hot, revoked: true };
    yield { label: 'relayed', state: { ...world, hot, outbox: 'relayed' } };
  }
  const given =
    world.outbox === 'recorded' &&
    (world.redisDown || !on.relay) &&
    (world.outboxSeen || !on.outlast);
  const known = world.outbox === 'relayed' || given;
  if (known && !world.revocationAnswered) {
    yield { label: 'revocation is answered', state: { ...world, revocationAnswered: true } };
  }
}

function quiet(world: World): boolean {
  const delivered = ({ sent, stray, answer }: Client) =>
    sent === null && stray === null && answer === null;
  const copied =
    world.left.losses === 0 || (world.pending === null && same(world.replica, world.hot));
  return world.rebuild === null && copied && world.clients.every(delivered);
}

/** Whether nobody waits to hear again: an honest client asks again within lostResponseSeconds. */
function settled(world: World): boolean {
  const newest = [world.hot, world.checkpoint, world.pending].map((is) => is?.current ?? 0);
  return world.thief !== null || world.stored >= Math.max(...newest);
}

function same(one: Hot | null, other: Hot | null): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function aged(world: World, age: Lineage['age']): World {
  const older = <T extends Lineage | null>(is: T): T =>
    is === null || is.age === 'old' || age === 'window'
      ? is
      : { ...is, age: is.age === 'window' ? 'lost' : age };
  return {
    ...world,
    fresh: false,
    hot: older(world.hot),
    replica: older(world.replica),
    pending: older(world.pending),
    checkpoint: older(world.checkpoint),
  };
}
