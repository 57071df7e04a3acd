/** Gateways on socket.io: who may connect, who may send what, and when a socket is closed. */
import { once } from 'node:events';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { ProtectedWebSocketAdapter } from '@keyward/auth/websockets';
import { type Socket } from 'socket.io-client';
import { PLATFORMS, ResourceServer } from '../support/resource-server.js';
import {
  AdminGateway,
  askIo,
  ChatGateway,
  connected,
  connectIo,
  token,
  tokenFor,
  trustWithFeed,
} from './websocket.fixture.js';

describe.each(PLATFORMS)('a gateway on socket.io, beside %s', (platform) => {
  const { trust, revocations } = trustWithFeed();
  let server: ResourceServer;
  let url: string;
  const sockets: Socket[] = [];

  beforeAll(async () => {
    server = await ResourceServer.start(platform, {
      trusts: [trust],
      controllers: [],
      providers: [ChatGateway, AdminGateway],
      configure: (app) =>
        app.useWebSocketAdapter(new ProtectedWebSocketAdapter(app, new IoAdapter(app))),
    });
    url = `http://127.0.0.1:${server.port}`;
  });

  beforeEach(() => {
    server.forget();
    connected.length = 0;
  });

  afterEach(() => sockets.splice(0).forEach((socket) => socket.close()));

  afterAll(() => server.stop());

  async function connect(path: string, options: object): Promise<Socket> {
    const result = await connectIo(url + path, options);
    if (result instanceof Error) throw result;
    sockets.push(result);
    return result;
  }

  it.each([
    ['auth.token', () => ({ auth: { token: token() } })],
    ['the Authorization header', () => ({ extraHeaders: { Authorization: `Bearer ${token()}` } })],
    [
      'auth.token over WebSocket alone',
      () => ({ auth: { token: token() }, transports: ['websocket'] }),
    ],
  ])('lets the bearer of a token in that comes in %s', async (_name, options) => {
    const socket = await connect('/', options());
    expect(connected).toEqual(['chat']);
    expect(await askIo(socket, 'say', 'hello')).toEqual({
      event: 'said',
      data: { text: 'hello', subject: 'alice', sameToken: true },
    });
  });

  it.each<[string, string, () => object, object]>([
    ['no token', '/', () => ({}), { statusCode: 401, challenge: expect.stringMatching(/^Bearer/) }],
    [
      'a token in the query',
      '/',
      () => ({ query: { token: token(), access_token: token() } }),
      { statusCode: 401 },
    ],
    [
      'an expired token',
      '/',
      () => ({ auth: { token: tokenFor(-1) } }),
      { statusCode: 401, error: 'invalid_token' },
    ],
    [
      'a token that is no text',
      '/',
      () => ({ auth: { token: { toString: 'x' } } }),
      { statusCode: 400, error: 'invalid_request' },
    ],
    [
      'two tokens',
      '/',
      () => ({ auth: { token: token() }, extraHeaders: { Authorization: `Bearer ${token()}` } }),
      { statusCode: 400, error: 'invalid_request' },
    ],
    [
      'a scope too little for the namespace',
      '/admin',
      () => ({ auth: { token: token() } }),
      { statusCode: 403, error: 'insufficient_scope' },
    ],
  ])('refuses a connection with %s', async (_name, path, options, data) => {
    const refused = await connectIo(url + path, options());
    expect(refused).toBeInstanceOf(Error);
    expect((refused as Error & { data: object }).data).toMatchObject(data);
    expect(connected).toEqual([]);
    expect(server.logged.join('')).not.toContain('eyJ');
  });

  it('asks for each namespace what its gateway asks', async () => {
    await connect('/admin', { auth: { token: token({ scope: 'admin' }) } });
    expect(connected).toEqual(['admin']);
  });

  it('guards each message by its own decorators', async () => {
    const socket = await connect('/', { auth: { token: token({ scope: 'chat:read' }) } });
    expect(await askIo(socket, 'say', 'hello')).toEqual({
      event: 'exception',
      data: expect.objectContaining({ statusCode: 403, error: 'insufficient_scope' }),
    });
    expect(await askIo(socket, 'read')).toEqual({ event: 'messages', data: [] });
  });

  it.each([['websocket'], ['polling']])(
    'refuses a page of another origin over %s',
    async (transport) => {
      const refused = await connectIo(url, {
        auth: { token: token() },
        transports: [transport],
        extraHeaders: { Origin: 'https://evil.example' },
      });
      expect(refused).toBeInstanceOf(Error);
      expect(connected).toEqual([]);
      expect(server.refusals).toMatchObject([{ reason: 'cross_origin' }]);
    },
  );

  it.each<[string, object, () => void]>([
    ['expired', { exp: () => Math.floor(Date.now() / 1000) + 2 }, () => undefined],
    ['revoked', { jti: () => 'io-1' }, () => revocations.push({ kind: 'jti', value: 'io-1' })],
  ])('tells a client that its token is %s, and disconnects it', async (why, claims, happen) => {
    const made = Object.fromEntries(Object.entries(claims).map(([name, of]) => [name, of()]));
    const socket = await connect('/', { auth: { token: token(made) } });
    const told = once(socket as never, 'exception');
    const gone = once(socket as never, 'disconnect');
    happen();
    expect(await told).toMatchObject([{ error: 'invalid_token', reason: why }]);
    expect(await gone).toEqual(expect.arrayContaining([expect.stringContaining('disconnect')]));
  });
});
