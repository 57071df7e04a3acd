/** One grant with its clients, a thief, a Redis that forgets and a PostgreSQL that lags: every next step. */
import { decide, FIRST } from './rotation.table.js';
import { type Step } from './state-space.js';
import { revocationSteps, storageSteps } from './storage.steps.js';
import {
  type Client,
  type Hot,
  type Presenter,
  type Side,
  type Switches,
  type World,
} from './world.js';

/** Alternations outside the window after which one side of a fork must be dead. */
const MAX_ALTERNATIONS = 3;

/** The steps of `world` under these switches. */
export function* steps(world: World, on: Switches): Iterable<Step<World>> {
  for (const step of allSteps(world, on)) yield { ...step, state: withoutHistory(step.state) };
}

function* allSteps(world: World, on: Switches): Iterable<Step<World>> {
  if ((world.hot?.current ?? 0) >= world.lastGeneration) return;
  yield* clientSteps(world, on);
  yield* thiefSteps(world, on);
  yield* rebuildSteps(world, on);
  yield* storageSteps(world);
  yield* revocationSteps(world, on);
}

const NO_ANSWER = { answer: null, outside: false };

function* clientSteps(world: World, on: Switches): Iterable<Step<World>> {
  for (const [name, client] of world.clients.entries()) {
    const become = (change: Partial<Client>): World => ({
      ...world,
      clients: world.clients.map((other, index) =>
        index === name ? { ...other, ...change } : other,
      ),
    });
    const tab = `tab ${name}`;
    // It never waits for two answers: only what it has given up may still be on its way.
    if (client.sent === null && client.answer === null && world.rebuild?.who !== name) {
      const sent = world.stored;
      if (world.eager || !world.fresh) {
        yield { label: `${tab} sends ${sent}`, state: become({ sent }) };
      }
    }
    if (client.sent !== null) {
      yield* arrive(become({ sent: null }), client.sent, name, tab, on);
      yield { label: `${tab}'s request is lost`, state: become({ sent: null }) };
      if (world.left.strays > 0) {
        const left = { ...world.left, strays: world.left.strays - 1 };
        const given = become({ sent: null, stray: client.sent });
        yield {
          label: `${tab} gives up on a request that is on its way`,
          state: { ...given, left },
        };
      }
    }
    if (client.stray !== null) {
      yield* arrive(become({ stray: null }), client.stray, null, `${tab}'s late request`, on);
      yield { label: `${tab}'s late request is lost`, state: become({ stray: null }) };
    }
    if (client.answer !== null) {
      const stored = { ...become(NO_ANSWER), stored: client.answer, fresh: true };
      yield countTurn(stored, 'owner', client.outside, `${tab} stores ${client.answer}`);
      yield { label: `${tab}'s answer is lost`, state: become(NO_ANSWER) };
    }
  }
}

function* thiefSteps(world: World, on: Switches): Iterable<Step<World>> {
  if (world.thief === null && world.left.thefts > 0) {
    const left = { ...world.left, thefts: world.left.thefts - 1 };
    const copies = new Set([world.stored, ...world.clients.map(({ answer }) => answer)]);
    for (const copy of copies) {
      if (copy === null) continue;
      yield { label: `a thief copies ${copy}`, state: { ...world, left, thief: copy, last: null } };
    }
  }
  if (world.thief !== null) yield* arrive(world, world.thief, 'thief', 'the thief', on);
}

/** A request reaches a server: decided on Redis, or first rebuilt from PostgreSQL. */
function* arrive(
  world: World,
  g: number,
  who: Presenter,
  label: string,
  on: Switches,
): Iterable<Step<World>> {
  // Redis down, or a revocation that it has not heard of and this server has: 503, and the caller still
  // has what it had. Of the servers the one that has seen the least is asked.
  if (world.redisDown || (on.relay && world.outbox === 'recorded' && world.outboxSeen)) return;
  const { hot } = world;
  if (hot !== null && (!on.epoch || hot.run === world.run)) {
    yield decided(world, hot, g, who, `${label} presents ${g}`);
    return;
  }
  if (world.rebuild !== null) return;
  if (world.grantRevoked) {
    yield refused(world, who, `${label} presents ${g}: rebuilt, but revoked`, 'revoked');
    return;
  }
  const rebuild = { g, who, read: world.checkpoint, run: world.run, locked: true };
  yield { label: `${label} presents ${g}: a miss, PostgreSQL read`, state: { ...world, rebuild } };
}

function* rebuildSteps(world: World, on: Switches): Iterable<Step<World>> {
  const { rebuild } = world;
  if (rebuild === null) return;
  const done = { ...world, rebuild: null };
  yield { label: 'the server that rebuilds dies', state: done };
  if (rebuild.locked) {
    const orphan = { ...rebuild, who: null, locked: false };
    yield { label: 'it dies with its script on the way', state: { ...world, rebuild: orphan } };
  }
  // A connection does not outlive the Redis process at its other end.
  if (world.redisDown || rebuild.run !== world.run) return;
  const { hot } = world;
  // Merging: `current` is never lowered, and revoked stays revoked.
  const newer = hot !== null && hot.current >= rebuild.read.current ? hot : rebuild.read;
  const merged: Hot = { ...newer, revoked: hot?.revoked ?? false, run: on.epoch ? world.run : 0 };
  yield decided(done, merged, rebuild.g, rebuild.who, 'restored');
}

function decided(world: World, hot: Hot, g: number, who: Presenter, label: string): Step<World> {
  if (hot.revoked) return refused({ ...world, hot }, who, `${label}: revoked`, 'revoked');
  const { outcome, lineage } = decide(g, hot);
  const text = `${label}: ${outcome}`;
  if (outcome === 'reused') {
    const ended = {
      ...world,
      hot: { ...hot, revoked: true },
      grantRevoked: true,
      outbox: 'relayed' as const,
      revocationAnswered: true,
    };
    return refused(ended, who, text, 'reused');
  }
  const after: Hot = { ...hot, ...lineage };
  const wrote = outcome !== 'replayed' || hot !== world.hot;
  const outside = hot.age !== 'window';
  const answered = {
    ...world,
    hot: after,
    pending: wrote ? lineage : world.pending,
    thief: who === 'thief' ? after.current : world.thief,
    clients: world.clients.map((client, index) =>
      index === who ? { ...client, answer: after.current, outside } : client,
    ),
  };
  const said = `${text} -> ${after.current}`;
  if (world.revocationAnswered && who !== null) {
    return { label: said, state: answered, violation: 'what was revoked lives again' };
  }
  return who === 'thief'
    ? countTurn(answered, who, outside, said)
    : { label: said, state: answered };
}

/** Whether owner and thief go on in turns for longer than is promised. */
function countTurn(world: World, side: Side, outside: boolean, label: string): Step<World> {
  // Where both hold one token there is no fork.
  if (world.thief === world.stored) return { label, state: { ...world, last: null } };
  if (world.thief === null || !outside) return { label, state: world };
  const { last } = world;
  const turns = (last?.turns ?? 0) + (last !== null && last.side !== side ? 1 : 0);
  const state = { ...world, last: { side, turns } };
  if (turns <= MAX_ALTERNATIONS) return { label, state };
  return { label, state, violation: `thief and owner both go on, ${turns} turns` };
}

function refused(
  world: World,
  who: Presenter,
  label: string,
  why: 'revoked' | 'reused',
): Step<World> {
  const honest = world.thief === null && !world.revocationAsked;
  if (who !== 'thief' && honest) {
    return { label, state: world, violation: `an honest client is logged out (${why})` };
  }
  return { label, state: world };
}

// What no step can ask for any more is forgotten: it only multiplies states.
function withoutHistory(world: World): World {
  const missing = world.hot === null || world.hot.run !== world.run || world.rebuild !== null;
  if (world.left.losses > 0 || missing) return world;
  return { ...world, checkpoint: FIRST, pending: null, replica: null };
}

/** The world right after the grant was given. */
export function beginning(
  tabs: number,
  left: World['left'],
  { eager = true, lastGeneration = 7 } = {},
): World {
  const hot = { ...FIRST, revoked: false, run: 0 };
  return {
    hot,
    replica: hot,
    run: 0,
    redisDown: false,
    checkpoint: FIRST,
    pending: null,
    rebuild: null,
    stored: FIRST.current,
    fresh: true,
    eager,
    lastGeneration,
    clients: Array.from({ length: tabs }, () => ({ sent: null, stray: null, ...NO_ANSWER })),
    thief: null,
    last: null,
    grantRevoked: false,
    outbox: 'none',
    outboxSeen: false,
    revocationAsked: false,
    revocationAnswered: false,
    left,
  };
}
