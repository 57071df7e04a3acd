/** Keyward beside passport-jwt, before it takes over: it reports what it would answer, and decides nothing. */
import { Controller, Get, Injectable, Req, UseGuards } from '@nestjs/common';
import { AuthGuard, PassportStrategy } from '@nestjs/passport';
import { setTimeout as sleep } from 'node:timers/promises';
import { AccessTokenGuard, Public, Scopes, ScopesGuard } from '@keyward/auth';
import { ExtractJwt, Strategy } from 'passport-jwt';
import { TestClock } from './support/resource-server-clock.js';
import { PLATFORMS, ResourceServer, type ReportedAnswer } from './support/resource-server.js';
import { createSigningKey, TokenForge } from './support/token-forge.js';

const ISSUER = 'https://as.example';
const AUDIENCE = 'https://orders.example';
const clock = new TestClock();
clock.setMs(Date.now());
const forge = new TokenForge(ISSUER, AUDIENCE, createSigningKey('ES256', 'ec-1'), clock);

interface UserRequest {
  readonly user?: { readonly name: string };
}

/** What the team had before, under passport's usual name. */
@Injectable()
class LegacyStrategy extends PassportStrategy(Strategy, 'jwt') {
  constructor() {
    super({
      jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
      secretOrKey: forge.key.publicKey.export({ type: 'spki', format: 'pem' }),
      algorithms: ['ES256'],
    });
  }

  validate({ sub }: { sub: string }): { name: string } {
    return { name: `legacy ${sub}` };
  }
}

@Controller()
class LegacyController {
  @Get('orders')
  @UseGuards(AuthGuard('jwt'))
  @Scopes('orders:read')
  orders(@Req() { user }: UserRequest): object {
    return { user: user?.name };
  }

  @Get('open')
  open(@Req() { user }: UserRequest): object {
    return { user: user?.name ?? 'none' };
  }

  @Get('public')
  @Public()
  anyone(): object {
    return {};
  }

  @Get('moved')
  @UseGuards(AccessTokenGuard, ScopesGuard)
  @Scopes('orders:read')
  moved(): object {
    return {};
  }
}

async function report(server: ResourceServer, index: number): Promise<ReportedAnswer> {
  for (let tries = 0; tries < 500; tries++) {
    const found = server.reports[index];
    if (found !== undefined) return found;
    await sleep(10);
  }
  throw new Error('nothing was reported');
}

describe.each(PLATFORMS)("enforcement: 'insecure-report-only', on %s", (platform) => {
  let server: ResourceServer;
  let started: readonly string[];
  let reported = 0;

  beforeAll(async () => {
    server = await ResourceServer.start(platform, {
      trusts: [{ issuer: ISSUER, audience: AUDIENCE, jwks: { keys: [forge.key.jwk] } }],
      clock: clock.nowMs,
      requestUser: true,
      extras: { enforcement: 'insecure-report-only' },
      controllers: [LegacyController],
      providers: [LegacyStrategy],
    });
    started = [...server.logged];
  });

  beforeEach(async () => {
    // What an earlier request brings about is reported by now.
    await sleep(20);
    reported = server.reports.length;
  });

  afterAll(() => server.stop());

  const nextReport = (): Promise<ReportedAnswer> => report(server, reported++);

  it('says so when the application starts', () => {
    expect(started.join('\n')).toMatch(/INSECURE: .*AuthModule refuses no request/);
    expect(started.join('\n')).toContain('nobody said who may call LegacyController.open');
  });

  it('leaves the answer, and the user, to the guard that was there', async () => {
    const { status, body } = await server.get('/orders', await forge.issue());
    expect([status, JSON.parse(body)]).toEqual([200, { user: 'legacy alice' }]);
    expect(await nextReport()).toEqual({ handler: 'LegacyController.orders', refusal: undefined });
  });

  it.each([
    ['of another audience', { aud: 'https://x.example' }, 'claims', 'audience', 401],
    ['without the scope', { scope: 'orders:write' }, 'policy', 'insufficient_scope', 403],
  ] as const)(
    'reports a token %s that it would refuse, and lets it in',
    async (_, claims, stage, reason, status) => {
      const answer = await server.get('/orders', await forge.issue(claims));
      expect(answer.status).toBe(200);
      expect(answer.headers).not.toHaveProperty('www-authenticate');
      expect(await nextReport()).toMatchObject({
        handler: 'LegacyController.orders',
        refusal: { stage, reason, status },
      });
      // A refusal that nobody met is not counted as one.
      expect(server.refusals).toEqual([]);
    },
  );

  it('reports a request without a token, and changes nothing of what passport answers', async () => {
    const answer = await server.send('/orders');
    expect(answer.status).toBe(401);
    expect(answer.headers).not.toHaveProperty('www-authenticate');
    expect(await nextReport()).toMatchObject({ refusal: { reason: 'no_token', status: 401 } });
  });

  it('protects nothing, and leaves no user', async () => {
    const { status, body } = await server.get('/open', await forge.issue());
    expect([status, JSON.parse(body)]).toEqual([200, { user: 'none' }]);
    expect(await nextReport()).toMatchObject({ handler: 'LegacyController.open' });
  });

  it('protects what names the guards of Keyward itself', async () => {
    expect((await server.send('/moved')).status).toBe(401);
    expect(server.refusals).toMatchObject([{ reason: 'no_token' }]);
    expect((await server.get('/moved', await forge.issue())).status).toBe(200);
  });

  it('has nothing to report of public handlers', async () => {
    await server.send('/public');
    await server.get('/orders', await forge.issue());
    expect(await nextReport()).toMatchObject({ handler: 'LegacyController.orders' });
  });
});

it('is enforced unless it is spelled out', async () => {
  const options = {
    trusts: [{ issuer: ISSUER, audience: AUDIENCE, jwks: { keys: [forge.key.jwk] } }],
    extras: { enforcement: false as never },
  };
  await expect(
    (async () => (await ResourceServer.start('express', options)).stop())(),
  ).rejects.toThrow("enforcement is 'enforced' or 'insecure-report-only'");
});
