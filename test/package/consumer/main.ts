/** Sends each of its handlers no token, a forged one, one of another scope and a good one. */
import { once } from 'node:events';
import { type AddressInfo } from 'node:net';
import { TestIssuer } from '@keyward/auth/testing';
import { WebSocket } from 'ws';
import { startApplication } from './application.js';

type Ask = (headers: Record<string, string>) => Promise<unknown>;

async function main(): Promise<void> {
  const issuer = await TestIssuer.start();
  const app = await startApplication(issuer);
  const { port } = app.getHttpServer().address() as AddressInfo;
  const scope = 'orders:read';
  const tokens = {
    none: undefined,
    forged: issuer.hostile.flippedSignature({ scope }),
    unscoped: issuer.token({ scope: 'orders:write' }),
    good: issuer.token({ scope }),
  };
  const asks: Record<string, Ask> = {
    rest: (headers) => askRest(port, headers),
    graphql: (headers) => askGraphql(port, headers),
    webSocket: (headers) => askGateway(port, headers),
  };
  const answers: Record<string, Record<string, unknown>> = {};
  for (const [transport, ask] of Object.entries(asks)) {
    const got: Record<string, unknown> = {};
    for (const [name, token] of Object.entries(tokens)) {
      got[name] = await ask(token === undefined ? {} : { authorization: `Bearer ${token}` });
    }
    answers[transport] = got;
  }
  await app.close();
  await issuer.stop();
  process.stdout.write(JSON.stringify(answers));
}

async function askRest(port: number, headers: Record<string, string>): Promise<unknown> {
  const response = await fetch(`http://127.0.0.1:${port}/orders`, { headers });
  return response.ok ? response.json() : response.status;
}

async function askGraphql(port: number, headers: Record<string, string>): Promise<unknown> {
  const response = await fetch(`http://127.0.0.1:${port}/graphql`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ ordersOf }' }),
  });
  const { data, errors } = (await response.json()) as {
    data?: unknown;
    errors?: { extensions: { code: string } }[];
  };
  return errors === undefined ? data : errors[0]?.extensions.code;
}

async function askGateway(port: number, headers: Record<string, string>): Promise<unknown> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}`, { headers });
  try {
    await once(socket, 'open');
  } catch (error) {
    return error instanceof Error ? error.message : error;
  }
  socket.send(JSON.stringify({ event: 'orders' }));
  const [message] = (await once(socket, 'message')) as [Buffer];
  socket.close();
  return (JSON.parse(message.toString()) as { data: unknown }).data;
}

main().catch((error: unknown) => {
  process.stderr.write(String(error instanceof Error ? error.stack : error));
  process.exit(1);
});
