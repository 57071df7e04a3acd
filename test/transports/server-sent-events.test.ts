/** Server-sent events: guarded as any route, and ended when the token is no longer good. */
import { type Server } from 'node:http';
import { Controller, Sse, UseGuards, type MessageEvent } from '@nestjs/common';
import {
  AccessTokenGuard,
  ApplicationGuard,
  CurrentPrincipal,
  Public,
  Scopes,
  ScopesGuard,
  type Principal,
} from '@keyward/auth';
import { interval, map, type Observable } from 'rxjs';
import { PLATFORMS, ResourceServer } from '../support/resource-server.js';
import { token, tokenFor, trustWithFeed } from './websocket.fixture.js';

@Controller('events')
class EventsController {
  @Sse('orders') @Scopes('orders:read') orders(
    @CurrentPrincipal() { subject }: Principal,
  ): Observable<MessageEvent> {
    return interval(5).pipe(map((count) => ({ data: { subject, count } })));
  }

  @Sse('silent') @Scopes('orders:read') silent(): Observable<MessageEvent> {
    return interval(3_600_000).pipe(map(() => ({ data: 'late' })));
  }

  @Sse('news') @Public() news(): Observable<MessageEvent> {
    return interval(5).pipe(map(() => ({ data: 'news' })));
  }
}

@Controller('named')
@UseGuards(AccessTokenGuard, ScopesGuard)
class NamingController extends EventsController {}

@Controller('application')
@UseGuards(ApplicationGuard)
class ApplicationController extends EventsController {}

describe.each(PLATFORMS)('a stream of server-sent events, on %s', (platform) => {
  const { trust, revocations } = trustWithFeed();
  let server: ResourceServer;
  let serial = 0;

  beforeAll(async () => {
    server = await ResourceServer.start(platform, {
      trusts: [trust],
      controllers: [EventsController, NamingController, ApplicationController],
    });
  });

  afterAll(async () => {
    // fetch keeps connections, which the server would wait for.
    (server.app.getHttpServer() as Server).closeAllConnections();
    await server.stop();
  });

  const open = (path: string, value?: string, signal?: AbortSignal): Promise<Response> =>
    fetch(`http://127.0.0.1:${server.port}${path}`, {
      headers: value === undefined ? {} : { Authorization: `Bearer ${value}` },
      signal,
    });
  const reader = (claims: object = {}): string => token({ scope: 'orders:read', ...claims });

  /** Reads to the end; resolves to what came. */
  async function readAll(response: Response): Promise<string> {
    return response.text();
  }

  it.each([
    ['without a token', undefined, 401],
    ['without the scope', () => token(), 403],
    ['with an expired token', () => tokenFor(-1, { scope: 'orders:read' }), 401],
  ])('is refused %s before anything is sent', async (_name, made, status) => {
    const response = await open('/events/orders', made?.());
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).not.toContain('event-stream');
    await response.text();
  });

  it.each(['/events/orders', '/events/silent', '/named/orders', '/application/orders'])(
    'ends cleanly at %s when the token expires',
    async (path) => {
      const startedAt = Date.now();
      const response = await open(path, tokenFor(2, { scope: 'orders:read' }));
      expect(response.status).toBe(200);
      const text = await readAll(response);
      expect(Date.now() - startedAt).toBeLessThan(10_000);
      if (path.endsWith('orders')) expect(text).toContain('"subject":"alice"');
    },
  );

  it('ends when the token is revoked, and others go on', async () => {
    const jti = `stream-${(serial += 1)}-${platform}`;
    const other = new AbortController();
    const goingOn = await open('/events/orders', reader(), other.signal);
    const response = await open('/events/orders', reader({ jti }));
    const revoked = response.body?.getReader();
    let text = '';
    // The first event is there before the token is revoked.
    while (!text.includes('"subject":"alice"')) {
      text += Buffer.from((await revoked?.read())?.value ?? []).toString();
    }
    revocations.push({ kind: 'jti', value: jti });
    while ((await revoked?.read())?.done === false);
    const events = goingOn.body?.getReader();
    expect((await events?.read())?.done).toBe(false);
    other.abort();
    expect((await open('/events/orders', reader({ jti }))).status).toBe(401);
  });

  it('goes on without a token where it is public', async () => {
    const stop = new AbortController();
    const response = await open('/events/news', tokenFor(-1), stop.signal);
    const decoder = new TextDecoder();
    let text = '';
    const events = response.body?.getReader();
    while (!text.includes('data: news')) text += decoder.decode((await events?.read())?.value);
    stop.abort();
  });
});
