/** Tokens in cookies over WebSockets, GraphQL and server-sent events: by the pages of the application alone. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Controller, type MessageEvent, Sse } from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { WsAdapter } from '@nestjs/platform-ws';
import { AccessTokenCookies, Scopes } from '@keyward/auth';
import { ProtectedWebSocketAdapter } from '@keyward/auth/websockets';
import { NEVER, type Observable, startWith } from 'rxjs';
import { PLATFORMS, ResourceServer } from '../support/resource-server.js';
import { DRIVERS, SHOP, startGraphql, subscriber } from './graphql.fixture.js';
import {
  ask,
  askIo,
  ChatGateway,
  connectIo,
  open,
  token,
  tokenFor,
  trustWithFeed,
} from './websocket.fixture.js';

const EVIL = 'https://evil.example';
const cookie = {
  name: '__Host-at',
  csrf: { allowedOrigins: [SHOP], token: { keys: [Buffer.alloc(32, 7)] } },
} as const;
const cookies = new AccessTokenCookies(cookie);

function pageOf(origin: string | undefined, of = token()): Record<string, string> {
  const pairs = cookies.issue(of).map((line) => line.slice(0, line.indexOf(';')));
  return { cookie: pairs.join('; '), ...(origin === undefined ? {} : { origin }) };
}

const csrfOf = ({ cookie: pairs = '' }: Record<string, string>) =>
  pairs.slice(pairs.lastIndexOf('=') + 1);

@Controller('events')
class EventsController {
  @Sse() @Scopes('chat:read') events(): Observable<MessageEvent> {
    return NEVER.pipe(startWith({ data: 'hello' }));
  }
}

describe.each(PLATFORMS)('a cookie, beside %s', (platform) => {
  const { trust } = trustWithFeed();
  const start = (adapter: typeof WsAdapter | typeof IoAdapter) =>
    ResourceServer.start(platform, {
      trusts: [trust],
      cookie,
      controllers: [EventsController],
      providers: [ChatGateway],
      // Whoever lets any page connect does not let any page use the cookie.
      configure: (app) =>
        app.useWebSocketAdapter(
          new ProtectedWebSocketAdapter(app, new adapter(app), { allowedOrigins: [SHOP, EVIL] }),
        ),
    });

  it('opens a WebSocket for an allowed page alone, and closes it with its token', async () => {
    const server = await start(WsAdapter);
    const url = `ws://127.0.0.1:${server.port}`;
    for (const origin of [EVIL, undefined]) {
      const headers = pageOf(origin);
      expect(await open(url, { headers })).toEqual({ status: 403, challenge: undefined });
    }
    const both = { ...pageOf(SHOP), authorization: `Bearer ${token()}` };
    expect(await open(url, { headers: both })).toMatchObject({ status: 400 });
    const protocols = ['chat.v1', `bearer.${token()}`];
    expect(await open(url, { headers: pageOf(SHOP), protocols })).toMatchObject({ status: 400 });
    const opened = await open(url, { headers: pageOf(SHOP, tokenFor(4)) });
    if (!('socket' in opened)) throw new Error(`answered with ${opened.status}`);
    const closed = new Promise((resolve) => opened.socket.once('close', resolve));
    expect(await ask(opened.socket, 'say', 'hello')).toMatchObject({
      data: { subject: 'alice', sameToken: true },
    });
    expect(await closed).toBe(4401);
    await server.stop();
  });

  it('connects socket.io for an allowed page alone', async () => {
    const server = await start(IoAdapter);
    const url = `http://127.0.0.1:${server.port}`;
    for (const transports of [['websocket'], ['polling']]) {
      for (const origin of [EVIL, undefined]) {
        const refused = await connectIo(url, { transports, extraHeaders: pageOf(origin) });
        expect(refused).toMatchObject({ data: { statusCode: 403 } });
      }
      const socket = await connectIo(url, { transports, extraHeaders: pageOf(SHOP) });
      if (socket instanceof Error) throw socket;
      expect(await askIo(socket, 'read')).toMatchObject({ event: 'messages' });
      socket.close();
    }
    await server.stop();
  });

  it('opens a stream of events that ends with its token', async () => {
    const server = await start(WsAdapter);
    const url = `http://127.0.0.1:${server.port}/events`;
    const cross = { ...pageOf(undefined), 'sec-fetch-site': 'cross-site' };
    expect((await fetch(url, { headers: cross })).status).toBe(403);
    const stream = await fetch(url, { headers: pageOf(SHOP, tokenFor(3)) });
    expect(stream.status).toBe(200);
    expect(await stream.text()).toContain('hello');
    await server.stop();
  });
});

describe.each(DRIVERS)('a cookie, with GraphQL on %s', (driver) => {
  it('is good for operations and subscriptions of an allowed page alone', async () => {
    const { trust } = trustWithFeed();
    const { app, url, news } = await startGraphql(driver, { trust, auth: { cookie } });
    const query = async (headers: Record<string, string>) => {
      const body = JSON.stringify({ query: '{ me }' });
      const json = { ...headers, 'content-type': 'application/json' };
      return (await fetch(url, { method: 'POST', headers: json, body })).json();
    };
    const page = pageOf(SHOP, token());
    expect(await query({ ...page, 'x-csrf-token': csrfOf(page) })).toMatchObject({
      data: { me: 'alice' },
    });
    const evil = { ...page, origin: EVIL, 'x-csrf-token': csrfOf(page) };
    for (const headers of [page, evil]) {
      expect(await query(headers)).toMatchObject({
        errors: [{ extensions: { code: 'FORBIDDEN' } }],
      });
    }

    const mine = (origin: string | undefined, seconds: number) =>
      subscriber(url, {}, pageOf(origin, tokenFor(seconds, { scope: 'news:read' })));
    const refused = mine(undefined, 60);
    const nothing = refused.client.iterate({ query: 'subscription { news }' }).next();
    await expect(nothing).rejects.toMatchObject({ code: 4403 });

    const { client, closed } = mine(SHOP, 4);
    const told = client.iterate({ query: 'subscription { news }' });
    const first = told.next();
    const publishing = (async () => {
      for (let i = 0; i < 20; i += 1) {
        news.publish('hello');
        await sleep(100);
      }
    })();
    expect(await first).toMatchObject({ value: { data: { news: 'hello' } } });
    expect(await closed).toMatchObject({ code: 4401 });
    await publishing;
    await told.return?.().catch(() => undefined);
    await client.dispose();
    await app.close();
  }, 60_000);
});
