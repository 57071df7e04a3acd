/** `AuthGuard('jwt')` of a team that has it gives the very answers of AccessTokenGuard. */
import { Controller, Get, Req, UseGuards } from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';
import {
  AccessTokenGuard,
  CurrentPrincipal,
  Scopes,
  ScopesGuard,
  type Principal,
} from '@keyward/auth';
import { sendRaw, type Answer } from '../support/resource-server-client.js';
import { TestClock } from '../support/resource-server-clock.js';
import { JwksServer } from '../support/resource-server-jwks.js';
import { expectNowhere } from '../support/resource-server-refusal.js';
import { PLATFORMS, ResourceServer } from '../support/resource-server.js';
import { createSigningKey, hmacWith, signWith, TokenForge } from '../support/token-forge.js';

const AUDIENCE = 'https://orders.example';
const clock = new TestClock();
const forge = new TokenForge(
  'https://as.example',
  AUDIENCE,
  createSigningKey('RS256', 'key-1'),
  clock,
);
const keyless = new TokenForge('https://down.example', AUDIENCE, forge.key, clock);

/** What a handler sees of its caller. */
interface Seen {
  readonly subject: string;
  readonly sameUser: boolean;
}

@Controller('guard')
@UseGuards(AccessTokenGuard, ScopesGuard)
class GuardController {
  @Get() @Scopes('orders:read') read(
    @CurrentPrincipal() principal: Principal,
    @Req() request: object,
  ): Seen {
    return seen(principal, request);
  }
}

@Controller('passport')
@UseGuards(AuthGuard('jwt'), ScopesGuard)
class PassportController {
  @Get() @Scopes('orders:read') read(
    @CurrentPrincipal() principal: Principal,
    @Req() request: object,
  ): Seen {
    return seen(principal, request);
  }
}

@Controller('unauthenticated')
@UseGuards(ScopesGuard)
class ScopesGuardAloneController {
  @Get() @Scopes('orders:read') read(): string {
    return 'never';
  }
}

function seen(principal: Principal, request: object): Seen {
  return {
    subject: principal.subject,
    sameUser: (request as { user?: unknown }).user === principal,
  };
}

const bearer = (token: string): string[] => [`Authorization: Bearer ${token}`];
const withClaims = (claims: object): string[] =>
  bearer(forge.forge({ payload: forge.claims(claims) }));
const withHeader = (header: object): string[] =>
  bearer(forge.forge({ header: forge.header(header) }));

/** The heads that are sent to both, and the status that both must answer. */
const heads: readonly [string, number, () => readonly string[]][] = [
  ['a good token', 200, () => bearer(forge.forge())],
  ['a good token in lower case', 200, () => [`authorization: bearer ${forge.forge()}`]],
  ['no token', 401, () => []],
  ['another scheme', 401, () => ['Authorization: Basic YTpi']],
  ['the scheme alone', 400, () => ['Authorization: Bearer']],
  ['a tab', 400, () => [`Authorization: Bearer\t${forge.forge()}`]],
  ['two headers', 400, () => [...bearer(forge.forge()), ...bearer(forge.forge())]],
  ['no JWS', 401, () => bearer('not-a-token')],
  ['an expired token', 401, () => withClaims({ exp: 1, iat: 0 })],
  ['a token without exp', 401, () => withClaims({ exp: undefined })],
  ['another audience', 401, () => withClaims({ aud: 'https://payments.example' })],
  ['another issuer', 401, () => withClaims({ iss: 'https://elsewhere.example' })],
  ['a scope too few', 403, () => withClaims({ scope: 'other' })],
  ['an ID token', 401, () => withHeader({ typ: 'JWT' })],
  ['an unknown kid', 401, () => withHeader({ kid: 'key-2' })],
  ['alg none', 401, () => withHeader({ alg: 'none' })],
  ['crit', 401, () => withHeader({ crit: ['x'] })],
  ['spare bits', 401, () => bearer(`${forge.forge()}==`)],
  [
    'HS256 by the public key',
    401,
    () => {
      const secret = forge.key.publicKey.export({ type: 'spki', format: 'pem' });
      const header = forge.header({ alg: 'HS256' });
      return bearer(forge.forge({ header, signer: hmacWith(secret.toString()) }));
    },
  ],
  [
    'a stranger’s signature',
    401,
    () => bearer(forge.forge({ signer: signWith(createSigningKey('RS256', 'key-1')) })),
  ],
  ['keys out of reach', 503, () => bearer(keyless.forge())],
];

describe.each(PLATFORMS)('AuthGuard(jwt) beside AccessTokenGuard, on %s', (platform) => {
  let server: ResourceServer;
  let endpoint: JwksServer;

  beforeAll(async () => {
    endpoint = await JwksServer.start([]);
    endpoint.mode = 'answers 500';
    server = await ResourceServer.start(platform, {
      trusts: [
        {
          issuer: forge.issuer,
          audience: AUDIENCE,
          algorithms: ['RS256'],
          jwks: { keys: [forge.key.jwk, createSigningKey('RS256', 'key-3').jwk] },
        },
        {
          issuer: keyless.issuer,
          audience: AUDIENCE,
          algorithms: ['RS256'],
          jwksUri: endpoint.uri,
        },
      ],
      clock: clock.nowMs,
      extras: { global: false },
      requestUser: true,
      controllers: [GuardController, PassportController, ScopesGuardAloneController],
    });
  });

  afterAll(async () => {
    await server.stop();
    await endpoint.stop();
  });

  const send = async (path: string, lines: readonly string[]): Promise<object> => {
    server.forget();
    const head = [`GET ${path} HTTP/1.1`, 'Host: 127.0.0.1', ...lines];
    const answer = await sendRaw(server.port, head);
    expectNowhere(
      server,
      answer,
      lines.map((line) => line.replace(/^.*\s/, '')),
    );
    return outcome(answer, server);
  };

  it.each(heads)('answers the same to %s: %i', async (_name, status, lines) => {
    const head = lines();
    const byGuard = await send('/guard', head);
    expect(byGuard).toMatchObject({ status });
    expect(await send('/passport', head)).toEqual(byGuard);
  });

  it('gives the principal to the handler as the user of the request', async () => {
    const good = bearer(forge.forge());
    for (const path of ['/guard', '/passport']) {
      expect(await send(path, good)).toMatchObject({
        body: JSON.stringify({ subject: 'alice', sameUser: true }),
      });
    }
  });

  it('lets nobody in by ScopesGuard alone, good token or not', async () => {
    for (const lines of [[], bearer(forge.forge())]) {
      expect(await send('/unauthenticated', lines)).toMatchObject({ status: 403, reached: 0 });
    }
  });
});

/** All that can be compared of an answer: what the client got and what the observer was told. */
function outcome(answer: Answer, server: ResourceServer): object {
  const { status, body, headers } = answer;
  return {
    status,
    body,
    challenge: headers['www-authenticate'],
    cacheControl: headers['cache-control'],
    retryAfter: headers['retry-after'],
    contentType: headers['content-type'],
    refusals: server.refusals.map(({ stage, reason, detail, issuer }) => ({
      stage,
      reason,
      detail,
      issuer,
    })),
    reached: server.reached.length,
  };
}
