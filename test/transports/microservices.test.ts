/** Microservices over TCP, Redis and NATS: each message brings its own credentials. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Module, type INestMicroservice } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AuthModule } from '@keyward/auth';
import { describeWithRedis } from '@keyward/auth-service/testing';
import {
  answerOf,
  nats,
  natsServer,
  OrdersMessages,
  paidBy,
  redis,
  tcp,
  type Wire,
} from './microservices.fixture.js';
import { AUDIENCE, ISSUER, key, token, tokenFor } from './websocket.fixture.js';

const trust = { issuer: ISSUER, audience: AUDIENCE, jwks: { keys: [key.jwk] } };

@Module({
  imports: [AuthModule.forRoot({ trusts: [trust], resourceMetadata: `${AUDIENCE}/metadata` })],
  controllers: [OrdersMessages],
})
class ServiceModule {}

const reader = (claims: object = {}): readonly string[] => [
  `Bearer ${token({ scope: 'orders:read', ...claims })}`,
];

function tests(start: () => Promise<Wire>): () => void {
  return () => {
    let wire: Wire;
    let service: INestMicroservice;

    beforeAll(async () => {
      wire = await start();
      service = await NestFactory.createMicroservice(ServiceModule, {
        ...wire.options,
        logger: false,
      } as never);
      await service.listen();
      await wire.client.connect();
    }, 60_000);

    afterAll(async () => {
      await service.close();
      await wire.stop();
    });

    it('tells a handler who sent the message, and gives it the payload as it was', async () => {
      const message = wire.message({ id: 7 }, reader());
      expect(await answerOf(wire, 'orders.find', message)).toEqual({ id: 7, subject: 'alice' });
    });

    it('keeps messages that are on their way together apart', async () => {
      const senders = Array.from({ length: 20 }, (_, index) => `sender-${index}`);
      const answers = await Promise.all(
        senders.map((sub, id) =>
          answerOf(wire, 'orders.find', wire.message({ id }, reader({ sub }))),
        ),
      );
      expect(answers).toEqual(senders.map((subject, id) => ({ id, subject })));
    });

    it('asks nothing for a public message, and looks at no token of it', async () => {
      const message = wire.message({}, reader());
      expect(await answerOf(wire, 'orders.ping', message)).toEqual({ caller: 'nobody' });
    });

    it.each<[string, number, string | undefined, () => readonly string[]]>([
      ['no credentials', 401, undefined, () => []],
      ['a token that is no token', 401, 'invalid_token', () => ['Bearer x']],
      ['a malformed value', 400, 'invalid_request', () => ['Bearer a b']],
      ['an expired token', 401, 'invalid_token', () => [`Bearer ${tokenFor(-10)}`]],
      ['a forged token', 401, 'invalid_token', () => [`${reader()[0]?.slice(0, -8)}AAAAAAAA`]],
    ])('refuses a message with %s by %s', async (_name, statusCode, error, authorization) => {
      const refused = await answerOf(wire, 'orders.find', wire.message({ id: 1 }, authorization()));
      expect(refused).toMatchObject({ status: 'error', statusCode });
      expect((refused as { error?: string }).error).toBe(error);
    });

    it('refuses a token without the scope, and says which', async () => {
      const refused = await answerOf(wire, 'orders.place', wire.message({ id: 1 }, reader()));
      expect(refused).toEqual({
        status: 'error',
        statusCode: 403,
        error: 'insufficient_scope',
        error_description: expect.any(String),
        challenge: expect.stringContaining('scope="orders:write"'),
      });
    });

    it('takes events of those alone who may send them', async () => {
      paidBy.length = 0;
      const writer = [`Bearer ${token({ scope: 'orders:write' })}`];
      wire.client.emit('orders.paid', wire.message({ id: 1 }, reader()));
      wire.client.emit('orders.paid', wire.message({ id: 1 }, writer));
      for (let attempt = 0; attempt < 100 && paidBy.length === 0; attempt++) await sleep(20);
      await sleep(100);
      expect(paidBy).toEqual(['alice']);
    });
  };
}

describe('a microservice over TCP', tests(tcp));

describeWithRedis('a microservice over Redis', tests(redis));

// Without the server there is nothing to test with: `apt-get install nats-server`, or NATS_SERVER_PATH.
(natsServer === undefined ? describe.skip : describe)('a microservice over NATS', () => {
  describe(
    "with Nest's own client",
    tests(() => nats(natsServer ?? '')),
  );

  it('refuses a message with two Authorization headers', async () => {
    const wire = await nats(natsServer ?? '');
    const service = await NestFactory.createMicroservice(ServiceModule, {
      ...wire.options,
      logger: false,
    } as never);
    await service.listen();
    const message = wire.message({ id: 1 }, [...reader(), ...reader()]);
    expect(await answerOf(wire, 'orders.find', message)).toMatchObject({
      statusCode: 400,
      error: 'invalid_request',
    });
    await service.close();
    await wire.stop();
  });
});
