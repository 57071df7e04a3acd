/** A handler gone wrong cannot change whom the next request of a cached token speaks for. */
import { Controller, Get } from '@nestjs/common';
import { Authenticated, CurrentPrincipal, Scopes, type Principal } from '@keyward/auth';
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
