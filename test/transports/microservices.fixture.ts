/** Handlers of microservices, and the transports that the tests reach them over. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Controller } from '@nestjs/common';
import {
  ClientProxyFactory,
  EventPattern,
  MessagePattern,
  NatsRecordBuilder,
  Payload,
  Transport,
  type ClientOptions,
  type ClientProxy,
  type MicroserviceOptions,
} from '@nestjs/microservices';
import {
  authorized,
  carryAccessTokens,
  CurrentPrincipal,
  Public,
  Scopes,
  type Principal,
} from '@keyward/auth';
import { RedisTestServer } from '@keyward/auth-service/testing';
import { headers } from '@nats-io/transport-node';
import { firstValueFrom } from 'rxjs';
import { freeLoopbackPort } from '../support/free-loopback-port.js';

/** Whoever an event was taken from. */
export const paidBy: string[] = [];

@Controller()
export class OrdersMessages {
  @MessagePattern('orders.find') @Scopes('orders:read') find(
    @Payload() { id }: { id: number },
    @CurrentPrincipal() { subject }: Principal,
  ): object {
    return { id, subject };
  }

  @MessagePattern('orders.place') @Scopes('orders:write') place(): object {
    return { placed: true };
  }

  @MessagePattern('orders.ping') @Public() ping(@CurrentPrincipal() caller: unknown): object {
    return { caller: caller ?? 'nobody' };
  }

  @EventPattern<string>('orders.paid') @Scopes('orders:write') paid(
    @Payload() _order: object,
    @CurrentPrincipal() { subject }: Principal,
  ): void {
    paidBy.push(subject);
  }
}

/** A transport, with a client of it. */
export interface Wire {
  readonly options: MicroserviceOptions;
  readonly client: ClientProxy;
  /** A payload with what stands in the place of an Authorization header. */
  message(data: object, authorization?: readonly string[]): object;
  stop(): Promise<void>;
}

/** A client for what a server listens to: the options are the same. */
function clientOf(options: MicroserviceOptions): ClientProxy {
  return ClientProxyFactory.create(options as ClientOptions) as unknown as ClientProxy;
}

/** Over TCP and over Redis, credentials are metadata of the packet. */
function withMetadata(options: MicroserviceOptions): Wire {
  const client = clientOf(options);
  carryAccessTokens(client);
  return {
    options,
    client,
    message: (data, [authorization] = []) =>
      authorization === undefined ? data : authorized(data, authorization.replace('Bearer ', '')),
    stop: async () => client.close(),
  };
}

export async function tcp(): Promise<Wire> {
  const port = await freeLoopbackPort();
  return withMetadata({ transport: Transport.TCP, options: { host: '127.0.0.1', port } });
}

/** On a server of its own: channels have no prefix. */
export async function redis(): Promise<Wire> {
  const directory = await mkdtemp(join(tmpdir(), 'keyward-redis-'));
  const server = await RedisTestServer.start(directory);
  const { port, password } = server;
  const wire = withMetadata({
    transport: Transport.REDIS,
    options: { host: '127.0.0.1', port, password: password ?? undefined },
  });
  const stop = async (): Promise<void> => {
    await wire.stop();
    await server.stop();
    await rm(directory, { recursive: true });
  };
  return { ...wire, stop };
}

const NATS_SERVERS = [
  '/usr/sbin/nats-server',
  '/usr/local/bin/nats-server',
  '/usr/bin/nats-server',
];

/** Where a NATS server is installed; undefined where none is. */
export const natsServer = process.env['NATS_SERVER_PATH'] ?? NATS_SERVERS.find(existsSync);

/** Over NATS, credentials are headers of the message. */
export async function nats(program: string): Promise<Wire> {
  const port = await freeLoopbackPort();
  const server = spawn(program, ['-a', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' });
  await answering(port, server);
  const options: MicroserviceOptions = {
    transport: Transport.NATS,
    options: { servers: [`127.0.0.1:${port}`] },
  };
  const client = clientOf(options);
  return {
    options,
    client,
    message: (data, authorization = []) => {
      const carried = headers();
      for (const value of authorization) carried.append('Authorization', value);
      return new NatsRecordBuilder(data).setHeaders(carried).build();
    },
    stop: async () => {
      await client.close();
      server.kill();
      await once(server, 'exit');
    },
  };
}

async function answering(port: number, server: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 100 && server.exitCode === null; attempt++) {
    const socket = connect(port, '127.0.0.1');
    const answered = await once(socket, 'data').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (answered) return;
    await sleep(50);
  }
  throw new Error('nats-server did not start');
}

/** What a message is answered with, or what its client is told instead. */
export async function answerOf(wire: Wire, pattern: string, message: object): Promise<unknown> {
  try {
    return await firstValueFrom(wire.client.send(pattern, message));
  } catch (error) {
    return error;
  }
}
