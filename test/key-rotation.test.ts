import { setTimeout as sleep } from 'node:timers/promises';
import { RotationStack } from './support/rotation-stack.js';

/** Set KEYWARD_ROTATION_SECONDS=60 for a longer look. */
const SECONDS = Number(process.env['KEYWARD_ROTATION_SECONDS'] ?? 20);
const CLIENTS = 4;
/** Below the 5 s that a token lives, by more than a call takes. */
const USABLE_MS = 4000;
/** Keys change every 2 s and a poll; a loaded machine gets twice that. */
const SLOWEST_ROTATION_SECONDS = 4.4;

const kidOf = (token: string): string =>
  JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()).kid;

describe('key rotation over two auth-services and two resource servers', () => {
  let stack: RotationStack;
  beforeAll(async () => {
    stack = await RotationStack.start();
  }, 90_000);
  afterAll(() => stack.stop());

  it(
    `refuses not one request while keys change for ${SECONDS} s`,
    async () => {
      const end = Date.now() + SECONDS * 1000;
      const refusals: string[] = [];
      const signedBy = new Set<string>();
      const retired = new Set<string>();
      let calls = 0;
      const client = async (server: number) => {
        let tokens: { token: string; takenAtMs: number }[] = [];
        while (Date.now() < end) {
          const newest = { token: await stack.token(server), takenAtMs: Date.now() };
          signedBy.add(kidOf(newest.token));
          tokens = [...tokens, newest].filter(
            ({ takenAtMs }) => Date.now() - takenAtMs < USABLE_MS,
          );
          // The newest and the oldest: the key of one was just promoted, that of the other is retired.
          const oldest = tokens[0] ?? newest;
          if (kidOf(oldest.token) !== kidOf(newest.token)) retired.add(kidOf(oldest.token));
          for (const { token } of [newest, oldest]) {
            for (const resource of [0, 1]) {
              const refusal = await stack.refusal(resource, token);
              calls += 1;
              if (refusal !== null) refusals.push(refusal);
            }
          }
        }
      };
      await Promise.all(Array.from({ length: CLIENTS }, (_, index) => client(index % 2)));
      expect(refusals).toEqual([]);
      expect(calls).toBeGreaterThan(SECONDS);
      expect(signedBy.size).toBeGreaterThan(SECONDS / SLOWEST_ROTATION_SECONDS);
      expect(retired.size).toBeGreaterThan(SECONDS / SLOWEST_ROTATION_SECONDS - 2);
    },
    (SECONDS + 30) * 1000,
  );

  it('has both servers publish the same keys, and never sign with one that it just learned of', async () => {
    const known = new Set([...(await stack.kids(0)), ...(await stack.kids(1))]);
    await sleep(1000);
    // Keys that were published a max-age ago are all that a token of now may name.
    for (const server of [0, 1]) expect(known).toContain(kidOf(await stack.token(server)));
  });

  it('lets a server that stood still over rotations sign with the right key as it wakes', async () => {
    const before = kidOf(await stack.token(1));
    const { pid } = stack.servers[1] as { pid: number };
    process.kill(pid, 'SIGSTOP');
    try {
      await sleep(7000);
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    const token = await stack.token(1);
    expect(kidOf(token)).not.toBe(before);
    expect(await stack.kids(0)).toContain(kidOf(token));
    // The resource server that went on asking the other server.
    expect(await stack.refusal(0, token)).toBeNull();
  }, 30_000);
});
