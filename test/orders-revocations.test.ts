/** How orders-service learns of revocations: by the stream in Redis, and by asking while a feed is silent. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describeWithRedis } from '@keyward/auth-service/testing';
import { freeLoopbackPort } from './support/free-loopback-port.js';
import { Stack } from './support/stack.js';

async function status(stack: Stack, token: string): Promise<number> {
  const headers = { authorization: `Bearer ${token}` };
  return (await fetch(`${stack.orders}/orders`, { headers })).status;
}

const revoke = (stack: Stack, token: string) =>
  stack.post('/oauth2/revoke', stack.reader, { token });

describeWithRedis('orders-service at the stream in Redis', (redis) => {
  it('refuses what was revoked, without a secret at the issuer', async () => {
    const { url, keyPrefix } = redis();
    const stack = await Stack.start({
      authService: { REDIS_URL: url, REDIS_KEY_PREFIX: keyPrefix },
      ordersService: {
        ORDERS_CLIENT_SECRET: '',
        ORDERS_REVOCATIONS_REDIS_URL: url,
        ORDERS_REVOCATIONS_REDIS_KEY: `${keyPrefix}revocations`,
      },
    });
    try {
      const [revoked, other] = [await stack.token(stack.reader), await stack.token(stack.reader)];
      expect(await status(stack, revoked)).toBe(200);
      await revoke(stack, revoked);
      const limit = Date.now() + 20_000;
      while ((await status(stack, revoked)) !== 401 && Date.now() < limit) await sleep(50);
      expect(await status(stack, revoked)).toBe(401);
      expect(await status(stack, other)).toBe(200);
    } finally {
      await stack.stop();
    }
  }, 120_000);
});

describe('orders-service without a word from the feed', () => {
  it('asks the issuer about each token where it is told to', async () => {
    const stack = await Stack.start({
      ordersService: {
        ORDERS_WHEN_STALE: 'introspect',
        // Nobody is there: what it knows of revocations was never complete.
        ORDERS_REVOCATIONS_URL: `http://127.0.0.1:${await freeLoopbackPort()}/revocations`,
      },
    });
    try {
      const [revoked, other] = [await stack.token(stack.reader), await stack.token(stack.reader)];
      await revoke(stack, revoked);
      expect(await status(stack, revoked)).toBe(401);
      expect(await status(stack, other)).toBe(200);
    } finally {
      await stack.stop();
    }
  }, 120_000);
});
