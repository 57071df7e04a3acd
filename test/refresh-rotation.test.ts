import { setTimeout as sleep } from 'node:timers/promises';
import { describeWithRedis } from '@keyward/auth-service/testing';
import { createClient } from 'redis';
import {
  generationOf,
  type RefreshAnswer,
  RefreshStack,
  type SeededGrant,
} from './support/refresh-stack.js';

const ROUNDS = 200;
const PARALLEL = 50;
const CLIENTS = 20;

// Its own Redis, which is killed: the runner's is asked for only to know that there can be one.
describeWithRedis('refresh rotation over two processes', () => {
  let stack: RefreshStack;
  beforeAll(async () => {
    stack = await RefreshStack.start(2);
  }, 60_000);
  afterAll(() => stack.stop());

  const onRedis = async (work: (client: ReturnType<typeof createClient>) => Promise<unknown>) => {
    const client = createClient({ url: stack.redisUrl });
    await client.connect();
    await work(client as never);
    await client.close();
  };

  it(`gives ${PARALLEL} parallel refreshes of one token one successor, ${ROUNDS} times`, async () => {
    let { token } = await stack.grant();
    for (let round = 1; round <= ROUNDS; round += 1) {
      const answers = await Promise.all(
        Array.from({ length: PARALLEL }, (_, index) => stack.refresh(token, index % 2)),
      );
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
      expect(new Set(answers.map((answer) => answer.token)).size).toBe(1);
      token = answers[0]?.token ?? '';
      expect(generationOf(token)).toBe(round + 1);
    }
  }, 180_000);

  it('has every rotation in the record within the lag', async () => {
    const { grantId, token } = await stack.grant();
    const second = await stack.refresh(token);
    await stack.refresh(second.token, 1);
    await sleep(1000);
    expect(await stack.checkpoint(grantId)).toBe(3);
  });

  /** An honest client: it refreshes for a while, and asks again where it got no answer. */
  async function useFor(grant: SeededGrant, until: () => boolean): Promise<RefreshAnswer[]> {
    const answers: RefreshAnswer[] = [];
    let { token } = grant;
    for (let turn = 0; !until(); turn += 1) {
      const answer = await stack.refresh(token, turn % 2);
      if (answer.status === 200) ({ token } = answer);
      answers.push(answer);
      await sleep(20);
    }
    return answers;
  }

  it.each([
    ['is emptied', async () => onRedis((client) => client.flushAll())],
    [
      'is killed, and comes back without the end of its file',
      async () => {
        await stack.killRedis();
        await stack.cutRedisTail(0.3);
        await stack.startRedis();
      },
    ],
  ])('logs nobody out and revives nothing when Redis %s', async (_, harm) => {
    const grants = await Promise.all(Array.from({ length: CLIENTS }, () => stack.grant()));
    const stolen = await stack.grant();
    // Ended by a reuse beyond the chain: the grant of `stolen` is revoked from here on.
    let { token } = stolen;
    for (let i = 0; i < 6; i += 1) ({ token } = await stack.refresh(token));
    expect(await stack.refresh(stolen.token)).toMatchObject({ status: 400 });

    let isOver = false;
    const running = grants.map((grant) => useFor(grant, () => isOver));
    await sleep(1200);
    await harm();
    await sleep(2500);
    isOver = true;
    const answers = (await Promise.all(running)).flat();

    const problems = answers.filter(({ status }) => status !== 200 && status !== 503);
    expect(problems).toEqual([]);
    for (const { status, retryAfter } of answers) if (status === 503) expect(retryAfter).toBe('2');
    expect(answers.at(-1)?.status).toBe(200);
    expect(await stack.refresh(token)).toMatchObject({ status: 400, error: 'invalid_grant' });
    expect(await stack.refresh(stolen.token, 1)).toMatchObject({ status: 400 });
  });

  it('goes on after both processes were killed', async () => {
    const { token } = await stack.grant();
    const { token: second } = await stack.refresh(token);
    await Promise.all(stack.replicas.splice(1).map((replica) => replica.kill()));
    stack.replicas.push(await stack.startReplica());
    expect(await stack.refresh(second, 1)).toMatchObject({ status: 200 });
  });
});
