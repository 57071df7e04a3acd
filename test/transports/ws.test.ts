/** Gateways on the `ws` package: who may connect, who may send what, and when a socket is closed. */
import { once } from 'node:events';
import { WsAdapter } from '@nestjs/platform-ws';
import { ProtectedWebSocketAdapter } from '@keyward/auth/websockets';
import { type WebSocket } from 'ws';
import { PLATFORMS, ResourceServer } from '../support/resource-server.js';
import {
  AdminPathGateway,
  ask,
  ChatGateway,
  connected,
  NewsGateway,
  open,
  token,
  tokenFor,
  trustWithFeed,
  type Opening,
} from './websocket.fixture.js';

describe.each(PLATFORMS)('a gateway on ws, beside %s', (platform) => {
  const { trust, revocations } = trustWithFeed();
  let server: ResourceServer;
  let url: string;
  const sockets: WebSocket[] = [];

  beforeAll(async () => {
    server = await ResourceServer.start(platform, {
      trusts: [trust],
      controllers: [],
      providers: [ChatGateway, AdminPathGateway, NewsGateway],
      configure: (app) =>
        app.useWebSocketAdapter(
          new ProtectedWebSocketAdapter(app, new WsAdapter(app), {
            allowedOrigins: ['https://shop.example'],
          }),
        ),
    });
    url = `ws://127.0.0.1:${server.port}`;
  });

  beforeEach(() => {
    server.forget();
    connected.length = 0;
  });

  afterEach(() => sockets.splice(0).forEach((socket) => socket.terminate()));

  afterAll(() => server.stop());

  const bearer = (value: string) => ({ headers: { Authorization: `Bearer ${value}` } });

  async function connect(opening: Promise<Opening>): Promise<WebSocket> {
    const opened = await opening;
    if (!('socket' in opened)) throw new Error(`answered with ${opened.status}`);
    sockets.push(opened.socket);
    return opened.socket;
  }

  it('lets the bearer of a token in, and tells handlers who it is', async () => {
    const socket = await connect(open(url, bearer(token())));
    expect(connected).toEqual(['chat']);
    expect(await ask(socket, 'say', 'hello')).toEqual({
      event: 'said',
      data: { text: 'hello', subject: 'alice', sameToken: true },
    });
  });

  it('takes the token of a browser as a subprotocol, and answers with the other one', async () => {
    const protocols = ['chat.v1', `bearer.${token()}`];
    const socket = await connect(open(url, { protocols }));
    expect(socket.protocol).toBe('chat.v1');
    expect(await ask(socket, 'read')).toEqual({ event: 'messages', data: [] });
  });

  it.each<[string, number, string | undefined, () => Promise<Opening>]>([
    ['no token', 401, 'Bearer ', () => open(url)],
    ['a token in the URL', 401, 'Bearer ', () => open(`${url}/?access_token=${token()}`)],
    [
      'a forged token',
      401,
      'invalid_token',
      () => open(url, bearer(`${token().slice(0, -8)}AAAAAAAA`)),
    ],
    ['an expired token', 401, 'invalid_token', () => open(url, bearer(tokenFor(-1)))],
    [
      'a token for someone else',
      401,
      'invalid_token',
      () => open(url, bearer(token({ aud: 'https://other.example' }))),
    ],
    [
      'a malformed header',
      400,
      'invalid_request',
      () => open(url, { headers: { Authorization: 'Bearer a b' } }),
    ],
    [
      'two tokens',
      400,
      'invalid_request',
      () => open(url, { ...bearer(token()), protocols: ['v1', `bearer.${token()}`] }),
    ],
    [
      'a token beside one in the URL',
      400,
      'invalid_request',
      () => open(`${url}/?access_token=x`, bearer(token())),
    ],
    ['a scope too little', 403, 'insufficient_scope', () => open(`${url}/admin`, bearer(token()))],
  ])('refuses a connection with %s by %s', async (_name, status, challenge, opening) => {
    const opened = await opening();
    expect(opened).toMatchObject({ status });
    expect('challenge' in opened && `${opened.challenge} `).toContain(challenge);
    expect(connected).toEqual([]);
    expect(server.refusals).toHaveLength(1);
    expect(server.logged.join('')).not.toContain('eyJ');
  });

  it('lets those in who have what the class asks for', async () => {
    await connect(open(`${url}/admin`, bearer(token({ scope: 'admin' }))));
    expect(connected).toEqual(['admin']);
  });

  it('lets anyone into a gateway that is public, and still guards its other messages', async () => {
    const anyone = await connect(open(`${url}/news`));
    expect(await ask(anyone, 'latest')).toEqual({ event: 'news', data: 'none' });
    expect(await ask(anyone, 'write')).toEqual({
      event: 'exception',
      data: expect.objectContaining({ status: 'error', statusCode: 401 }),
    });
    const writer = await connect(open(`${url}/news`, bearer(token({ scope: 'news:write' }))));
    expect(await ask(writer, 'write')).toEqual({ event: 'written', data: 'ok' });
  });

  it('guards each message by its own decorators', async () => {
    const socket = await connect(open(url, bearer(token({ scope: 'chat:read' }))));
    expect(await ask(socket, 'read')).toEqual({ event: 'messages', data: [] });
    expect(await ask(socket, 'say', 'hello')).toEqual({
      event: 'exception',
      data: {
        status: 'error',
        statusCode: 403,
        error: 'insufficient_scope',
        error_description: expect.any(String),
        challenge: expect.stringContaining('scope="chat:write"'),
      },
    });
    expect(server.refusals).toMatchObject([{ handler: 'ChatGateway.say', status: 403 }]);
    expect(await ask(socket, 'ping')).toEqual({ event: 'pong', data: {} });
  });

  it.each([
    ['https://evil.example', 403],
    ['null', 403],
    ['https://shop.example.evil.example', 403],
    ['http://shop.example', 403],
    ['https://127.0.0.1', 403],
  ])('refuses a page of %s, whatever token it has', async (origin, status) => {
    const opened = await open(url, { ...bearer(token()), origin });
    expect(opened).toMatchObject({ status });
    expect(connected).toEqual([]);
    expect(server.refusals).toMatchObject([{ reason: 'cross_origin' }]);
  });

  it('lets pages of its own origin and of those that it is told of in', async () => {
    const own = url.replace('ws:', 'http:');
    await connect(open(url, { ...bearer(token()), origin: own }));
    await connect(open(url, { ...bearer(token()), origin: 'https://shop.example' }));
    expect(connected).toEqual(['chat', 'chat']);
  });

  it('closes a socket with 4401 when its token expires', async () => {
    const socket = await connect(open(url, bearer(tokenFor(2))));
    const [code, reason] = (await once(socket, 'close')) as [number, Buffer];
    expect([code, reason.toString()]).toEqual([4401, 'the access token expired']);
  });

  it.each([
    ['the token', { kind: 'jti', value: 'socket-1' }, { jti: 'socket-1' }],
    ['its sign-in', { kind: 'grant', value: 'grant-1' }, { grant_id: 'grant-1' }],
    [
      'its client',
      { kind: 'client', value: 'shop-1', iat_before: 4_000_000_000 },
      { client_id: 'shop-1' },
    ],
  ] as const)('closes a socket with 4401 when %s is revoked', async (_name, revocation, claims) => {
    const socket = await connect(open(url, bearer(token(claims))));
    const other = await connect(open(url, bearer(token())));
    const closed = once(socket, 'close');
    revocations.push(revocation);
    const [code, reason] = (await closed) as [number, Buffer];
    expect([code, reason.toString()]).toEqual([4401, 'the access token was revoked']);
    expect(await ask(other, 'ping')).toEqual({ event: 'pong', data: {} });
    // What was revoked opens no connection any more.
    expect(await open(url, bearer(token(claims)))).toMatchObject({ status: 401 });
  });

  it('cuts a client off that does not answer the close', async () => {
    const socket = await connect(open(url, bearer(token({ jti: 'deaf' }))));
    socket.pause();
    revocations.push({ kind: 'jti', value: 'deaf' });
    await new Promise((resolve) => setTimeout(resolve, 2500));
    const closed = once(socket, 'close');
    socket.resume();
    expect((await closed)[0]).toBe(4401);
  });

  it('closes every socket of a key that is revoked', async () => {
    const closed = once(await connect(open(url, bearer(token()))), 'close');
    revocations.push({ kind: 'kid', value: 'ec-1' });
    expect((await closed)[0]).toBe(4401);
    expect(await open(url, bearer(token()))).toMatchObject({ status: 401 });
  });
});
