/** Handlers that want more than a token: a recent or strong sign-in, or the issuer's own word. */
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { Controller, Get, UseGuards } from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';
import {
  AccessTokenGuard,
  AnyScope,
  Authenticated,
  ContradictoryAccessError,
  CurrentPrincipal,
  Introspect,
  IntrospectionMissingError,
  Public,
  Scopes,
  ScopesGuard,
  StepUp,
  type Principal,
} from '@keyward/auth';
import { TestClock } from './support/resource-server-clock.js';
import {
  PLATFORMS,
  RESOURCE_METADATA,
  ResourceServer,
  type ResourceServerOptions,
} from './support/resource-server.js';
import { createSigningKey, TokenForge } from './support/token-forge.js';

const ISSUER = 'https://as.example';
const AUDIENCE = 'https://orders.example';
const clock = new TestClock();
const forge = new TokenForge(ISSUER, AUDIENCE, createSigningKey('ES256', 'ec-1'), clock);
const METADATA = `resource_metadata="${RESOURCE_METADATA}"`;

@Controller()
class PaymentsController {
  @Get('strong')
  @StepUp({ acr: ['gold', 'platinum'] })
  strong() {
    return 'ok';
  }

  @Get('recent')
  @Scopes('payments:write')
  @AnyScope('payments:own', 'payments:all')
  @StepUp({ acr: 'gold', maxAgeSeconds: 300 })
  recent() {
    return 'ok';
  }

  @Get('certain')
  @Introspect()
  certain(@CurrentPrincipal() { subject, scopes }: Principal) {
    return { subject, scopes };
  }

  @Get('fairly-certain')
  @Introspect({ maxAgeSeconds: 5 })
  fairlyCertain() {
    return 'ok';
  }

  @Get('plain')
  @Authenticated()
  plain() {
    return 'ok';
  }
}

@Controller()
@StepUp({ acr: 'gold' })
class StrictController {
  @Get('inherited') @Authenticated() inherited() {
    return 'ok';
  }
  @Get('weaker') @StepUp({ acr: 'silver' }) weaker() {
    return 'ok';
  }
  @Get('open') @Public() open() {
    return 'ok';
  }
}

@Controller()
class GuardedController {
  @Get('guarded') @UseGuards(AccessTokenGuard, ScopesGuard) @Introspect() guarded() {
    return 'ok';
  }
  @Get('passport') @UseGuards(AuthGuard('jwt'), ScopesGuard) @Introspect() passport() {
    return 'ok';
  }
}

describe.each(PLATFORMS)('on %s', (platform) => {
  let issuer: Server;
  let server: ResourceServer;
  let asked: number;
  let answer: { readonly status: number; readonly body: string };

  const optionsWith = (more: Partial<ResourceServerOptions>): ResourceServerOptions => ({
    trusts: [
      {
        issuer: ISSUER,
        audience: AUDIENCE,
        jwks: { keys: [forge.key.jwk] },
        introspection: {
          endpoint: `http://127.0.0.1:${(issuer.address() as AddressInfo).port}/introspect`,
          client: { clientId: 'payments', clientSecret: 'secret' },
        },
      },
    ],
    clock: clock.nowMs,
    ...more,
  });

  beforeAll(async () => {
    issuer = createServer((request, response) => {
      asked += 1;
      request.resume().on('end', () => {
        response.writeHead(answer.status, { 'content-type': 'application/json' });
        response.end(answer.body);
      });
    });
    await new Promise<void>((resolve) => issuer.listen(0, '127.0.0.1', resolve));
    const controllers = [PaymentsController, StrictController];
    server = await ResourceServer.start(platform, optionsWith({ controllers }));
  });
  afterAll(async () => {
    await server.stop();
    issuer.closeAllConnections();
    await new Promise((resolve) => issuer.close(resolve));
  });
  beforeEach(() => {
    asked = 0;
    answer = { status: 200, body: '{"active":true}' };
  });

  const challengeOf = async (path: string, claims: object) => {
    const { status, headers, body } = await server.get(path, await forge.issue(claims));
    return { status, challenge: headers['www-authenticate'], body };
  };

  describe('a step-up', () => {
    const ALL = { scope: 'payments:write payments:own', acr: 'gold' };

    it('lets in who meets it', async () => {
      const claims = { ...ALL, auth_time: clock.nowSeconds() - 300 };
      for (const path of ['/strong', '/recent', '/inherited']) {
        expect((await challengeOf(path, claims)).status).toBe(200);
      }
    });

    it('is answered 401 with what the client has to ask the authorization server for', async () => {
      const { status, challenge, body } = await challengeOf('/strong', { acr: 'silver' });
      expect(status).toBe(401);
      const description = 'Another or a more recent authentication is needed';
      expect(challenge).toBe(
        `Bearer error="insufficient_user_authentication", error_description="${description}", ` +
          `acr_values="gold platinum", ${METADATA}`,
      );
      expect(JSON.parse(body)).toEqual({
        error: 'insufficient_user_authentication',
        error_description: description,
      });
      expect(server.refusals).toMatchObject([
        { stage: 'policy', reason: 'insufficient_authentication', status: 401 },
      ]);
      expect(server.reached).toEqual([]);
    });

    it('names max_age, and the scope that the handler wants besides', async () => {
      const claims = { ...ALL, auth_time: clock.nowSeconds() - 301 };
      const { challenge } = await challengeOf('/recent', claims);
      expect(challenge).toContain('scope="payments:write payments:own"');
      expect(challenge).toContain('acr_values="gold", max_age="300"');
    });

    it('comes after the scope: nobody signs in for what they may not do', async () => {
      const { status, challenge } = await challengeOf('/recent', { scope: 'orders:read' });
      expect(status).toBe(403);
      expect(challenge).toContain('insufficient_scope');
    });

    it('comes after the token, which has to be valid', async () => {
      const { challenge } = await challengeOf('/recent', { ...ALL, exp: clock.nowSeconds() - 6 });
      expect(challenge).toContain('invalid_token');
    });

    it('holds by the clock of the application, cached or not', async () => {
      const token = await forge.issue({ ...ALL, auth_time: clock.nowSeconds() - 290 });
      const statuses = [];
      for (let time = 0; time < 3; time += 1) {
        statuses.push((await server.get('/recent', token)).status);
        clock.advanceSeconds(6);
      }
      expect(statuses).toEqual([200, 200, 401]);
    });

    it('of a method stands in the place of its controller’s, and @Public opens', async () => {
      expect((await challengeOf('/weaker', { acr: 'silver' })).status).toBe(200);
      expect((await challengeOf('/weaker', { acr: 'gold' })).status).toBe(401);
      expect((await server.send('/open')).status).toBe(200);
    });

    it('beside @Public on one method stops the start', async () => {
      @Controller()
      class BothController {
        @Get() @Public() @StepUp({ acr: 'gold' }) both() {
          return 'never';
        }
      }
      const controllers = [BothController];
      await expect(
        ResourceServer.start(platform, optionsWith({ controllers })),
      ).rejects.toBeInstanceOf(ContradictoryAccessError);
    });
  });

  describe('what must be certain', () => {
    it('asks the issuer at every request, and only there', async () => {
      const token = await forge.issue();
      for (let time = 0; time < 2; time += 1) {
        expect((await server.get('/certain', token)).status).toBe(200);
      }
      expect(asked).toBe(2);
      expect((await server.get('/plain', token)).status).toBe(200);
      expect(asked).toBe(2);
    });

    it('is refused at once where the issuer calls the token inactive', async () => {
      const token = await forge.issue();
      expect((await server.get('/certain', token)).status).toBe(200);
      answer = { status: 200, body: '{"active":false}' };
      const { status, headers, body } = await server.get('/certain', token);
      expect(status).toBe(401);
      expect(headers['www-authenticate']).toContain('error="invalid_token"');
      expect(body).not.toContain('inactive');
      expect(server.refusals).toMatchObject([{ stage: 'introspection', reason: 'inactive' }]);
    });

    it('is 503 with Retry-After and no challenge while the issuer cannot say', async () => {
      answer = { status: 500, body: 'no' };
      const { status, headers } = await server.get('/certain', await forge.issue());
      expect(status).toBe(503);
      expect(Number(headers['retry-after'])).toBeGreaterThanOrEqual(1);
      expect(headers).not.toHaveProperty('www-authenticate');
      expect(server.reached).toEqual([]);
    });

    it('may be as old as the handler allows', async () => {
      const token = await forge.issue();
      await server.get('/fairly-certain', token);
      await server.get('/fairly-certain', token);
      expect(asked).toBe(1);
      clock.advanceSeconds(5);
      await server.get('/fairly-certain', token);
      expect(asked).toBe(2);
    });

    it('takes away the scope that the issuer does not name any more', async () => {
      answer = { status: 200, body: '{"active":true,"scope":"orders:read"}' };
      const { body } = await server.get('/certain', await forge.issue());
      expect(JSON.parse(body)).toMatchObject({ subject: 'alice', scopes: ['orders:read'] });
    });

    it('is asked about behind the guards by name too, and never let through without', async () => {
      const bound = await ResourceServer.start(
        platform,
        optionsWith({ controllers: [GuardedController], extras: { global: false } }),
      );
      try {
        const token = await forge.issue();
        expect((await bound.get('/guarded', token)).status).toBe(200);
        expect(asked).toBe(1);
        // passport's guard does not know the handler, and cannot have asked.
        expect((await bound.get('/passport', token)).status).toBe(403);
        expect(bound.refusals).toMatchObject([{ reason: 'introspection_missing' }]);
      } finally {
        await bound.stop();
      }
    });

    it('does not start where a trust does not know whom to ask', async () => {
      const trusts = [{ issuer: ISSUER, audience: AUDIENCE, jwks: { keys: [forge.key.jwk] } }];
      await expect(
        ResourceServer.start(platform, optionsWith({ trusts, controllers: [PaymentsController] })),
      ).rejects.toBeInstanceOf(IntrospectionMissingError);
    });
  });
});
