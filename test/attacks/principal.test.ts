/** Principals that something else in the process changes or makes up: nobody speaks for them. */
import { Controller, Get, Req, UseGuards, type INestApplication } from '@nestjs/common';
import {
  AccessToken,
  Authenticated,
  CurrentPrincipal,
  Public,
  Scopes,
  ScopesGuard,
  type Principal,
} from '@keyward/auth';
import { TestClock } from '../support/resource-server-clock.js';
import { PLATFORMS, ResourceServer } from '../support/resource-server.js';
import { createSigningKey, TokenForge } from '../support/token-forge.js';

const ISSUER = 'https://as.example';
const AUDIENCE = 'https://orders.example';
const clock = new TestClock();
const forge = new TokenForge(ISSUER, AUDIENCE, createSigningKey('ES256', 'ec-1'), clock);

/** Everything that could raise what a principal may do, were it not frozen. */
const CHANGES: Readonly<Record<string, (principal: Writable) => void>> = {
  subject: (principal) => (principal.subject = 'admin'),
  'all scopes': (principal) => (principal.scopes = ['admin']),
  'one more scope': (principal) => void principal.scopes.push('admin'),
  'one more role': (principal) => void principal.roles.push('admin'),
  'one more audience': (principal) => void principal.audience.push('https://payments.example'),
  'a later expiry': (principal) => (principal.expiresAt += 3600),
  'a claim': (principal) => (principal.claims['scope'] = 'admin'),
  'a new claim': (principal) => (principal.claims['admin'] = true),
  'a claim within a claim': (principal) => (principal.claims.act.sub = 'admin'),
  'a list within a claim': (principal) => void principal.claims.act.roles.push('admin'),
};

interface Writable {
  subject: string;
  scopes: string[];
  roles: string[];
  audience: string[];
  expiresAt: number;
  claims: Record<string, unknown> & { act: { sub: string; roles: string[] } };
}

@Controller()
class CarelessController {
  @Get('change') @Authenticated() change(@CurrentPrincipal() principal: Principal): string[] {
    const writable = principal as unknown as Writable;
    return Object.entries(CHANGES).flatMap(([name, change]) => {
      try {
        change(writable);
        return [name];
      } catch {
        return [];
      }
    });
  }

  @Get('read') @Authenticated() read(@CurrentPrincipal() principal: Principal): Principal {
    return principal;
  }

  @Get('admin') @Scopes('admin') admin(): string {
    return 'never';
  }
}

describe.each(PLATFORMS)('a principal that many requests share, on %s', (platform) => {
  let server: ResourceServer;

  beforeAll(async () => {
    server = await ResourceServer.start(platform, {
      trusts: [{ issuer: ISSUER, audience: AUDIENCE, jwks: { keys: [forge.key.jwk] } }],
      clock: clock.nowMs,
      controllers: [CarelessController],
    });
  });

  afterAll(() => server.stop());

  it('cannot be changed at any depth, and opens no other handler afterwards', async () => {
    const act = { sub: 'shop', roles: ['guest'] };
    const token = forge.forge({ payload: forge.claims({ act }) });
    const before = await server.get('/read', token);
    expect(JSON.parse(before.body)).toMatchObject({ subject: 'alice', claims: { act } });
    const changed = await server.get('/change', token);
    expect(changed.status).toBe(200);
    expect(JSON.parse(changed.body)).toEqual([]);
    expect((await server.get('/read', token)).body).toBe(before.body);
    expect((await server.get('/admin', token)).status).toBe(403);
  });
});

interface UserRequest {
  user?: { readonly subject?: string };
}

/** What is needed of a Fastify instance. */
interface Hooks {
  addHook(
    name: 'onRequest',
    hook: (request: UserRequest, reply: unknown, done: () => void) => void,
  ): void;
}

@Controller()
class TrustingController {
  @Get('open') @Public() open(
    @CurrentPrincipal() principal: Principal | undefined,
    @AccessToken() token: string | undefined,
    @Req() { user }: UserRequest,
  ): object {
    return { principal: principal?.subject ?? 'none', token: token ?? 'none', user: user?.subject };
  }

  @Get('scoped') @Scopes('orders:read') @UseGuards(ScopesGuard) scoped(
    @CurrentPrincipal() principal: Principal,
    @Req() { user }: UserRequest,
  ): object {
    return { principal: principal.subject, user: user?.subject };
  }
}

/** Stands for a session, or another library, that leaves its own idea of a user in the request. */
function leaveUser(app: INestApplication): void {
  const leave = (request: UserRequest, _response: unknown, next: () => void): void => {
    const scopes = ['orders:read'];
    const claims = { scope: 'orders:read' };
    request.user = Object.assign({ subject: 'admin' }, { scopes, roles: ['admin'], claims });
    next();
  };
  const adapter = app.getHttpAdapter();
  // On Fastify a middleware gets Node's request; handlers get the one that hooks get.
  if (adapter.getType() === 'express') app.use(leave);
  else (adapter.getInstance() as Hooks).addHook('onRequest', leave);
}

describe.each(PLATFORMS)('a user that someone else left in the request, on %s', (platform) => {
  const trust = { issuer: ISSUER, audience: AUDIENCE, jwks: { keys: [forge.key.jwk] } };

  describe.each([
    ['global guards', true, 401],
    ['ScopesGuard alone', false, 403],
  ])('under %s', (_guards, global, status) => {
    let server: ResourceServer;

    beforeAll(async () => {
      server = await ResourceServer.start(platform, {
        trusts: [trust],
        clock: clock.nowMs,
        controllers: [TrustingController],
        extras: { global },
        configure: leaveUser,
      });
    });

    afterAll(() => server.stop());

    it('is no principal to a @Public handler, which can see it all the same', async () => {
      const answer = await server.get('/open', forge.forge());
      expect(JSON.parse(answer.body)).toEqual({ principal: 'none', token: 'none', user: 'admin' });
    });

    it('opens no protected handler', async () => {
      expect((await server.send('/scoped')).status).toBe(status);
      expect(server.reached).toEqual([]);
    });

    it('gives way to the principal of a good token, or is refused with it', async () => {
      const answer = await server.get('/scoped', forge.forge());
      expect(answer.status).toBe(global ? 200 : 403);
      if (global) expect(JSON.parse(answer.body)).toEqual({ principal: 'alice', user: 'alice' });
    });
  });
});
