/** Answers under a team's own exception filters: the challenge survives every one of them. */
import {
  Catch,
  HttpException,
  type ArgumentsHost,
  type ExceptionFilter,
  type INestApplication,
  type Provider,
} from '@nestjs/common';
import { APP_FILTER, HttpAdapterHost } from '@nestjs/core';
import { BearerError } from '@keyward/auth';
import { type Answer } from '../support/resource-server-client.js';
import { TestClock } from '../support/resource-server-clock.js';
import { JwksServer } from '../support/resource-server-jwks.js';
import {
  PLATFORMS,
  RESOURCE_METADATA,
  ResourceServer,
  type ResourceServerOptions,
} from '../support/resource-server.js';
import { createSigningKey, TokenForge } from '../support/token-forge.js';

const AUDIENCE = 'https://orders.example';
const METADATA = `resource_metadata="${RESOURCE_METADATA}"`;
const clock = new TestClock();
const forge = new TokenForge(
  'https://as.example',
  AUDIENCE,
  createSigningKey('ES256', 'ec-1'),
  clock,
);
const keyless = new TokenForge('https://down.example', AUDIENCE, forge.key, clock);

/** Knows nothing of bearer tokens: everything is a server error to it. */
@Catch()
class EverythingIs500Filter implements ExceptionFilter {
  constructor(private readonly adapterHost: HttpAdapterHost) {}

  catch(_exception: unknown, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<unknown>();
    this.adapterHost.httpAdapter.reply(response, { filter: 'everything' }, 500);
  }
}

/** A team's own form of an error, with the headers that the answer needs. */
@Catch(BearerError)
class ProblemFilter implements ExceptionFilter<BearerError> {
  constructor(private readonly adapterHost: HttpAdapterHost) {}

  catch(error: BearerError, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<unknown>();
    const { httpAdapter } = this.adapterHost;
    for (const [name, value] of Object.entries(error.headers)) {
      httpAdapter.setHeader(response, name, value);
    }
    httpAdapter.reply(
      response,
      { type: 'about:blank', status: error.getStatus() },
      error.getStatus(),
    );
  }
}

/** Passes the status on and nothing else, as many teams' filters do. */
@Catch(HttpException)
class StatusFilter implements ExceptionFilter<HttpException> {
  constructor(private readonly adapterHost: HttpAdapterHost) {}

  catch(exception: HttpException, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<unknown>();
    const status = exception.getStatus();
    this.adapterHost.httpAdapter.reply(response, { filter: 'status' }, status);
  }
}

type Setup = Pick<ResourceServerOptions, 'extras' | 'providers' | 'configure'>;
const bound = (filter: Provider & (new (host: HttpAdapterHost) => ExceptionFilter)): Setup => ({
  configure: (app: INestApplication) =>
    void app.useGlobalFilters(new filter(app.get(HttpAdapterHost))),
});

const setups: readonly [string, Setup, number | undefined, object | undefined][] = [
  [
    'a catch-all filter bound to the application',
    bound(EverythingIs500Filter),
    500,
    { filter: 'everything' },
  ],
  [
    'a catch-all filter, and ours kept out',
    {
      extras: { exceptionFilter: false },
      providers: [{ provide: APP_FILTER, useClass: EverythingIs500Filter }],
    },
    500,
    { filter: 'everything' },
  ],
  [
    'a filter that passes on the status alone',
    bound(StatusFilter),
    undefined,
    { filter: 'status' },
  ],
  [
    'a filter of BearerError in place of ours',
    {
      extras: { exceptionFilter: false },
      providers: [{ provide: APP_FILTER, useClass: ProblemFilter }],
    },
    undefined,
    undefined,
  ],
  ['no filter but Nest’s own', { extras: { exceptionFilter: false } }, undefined, undefined],
];

describe.each(PLATFORMS)('on %s', (platform) => {
  describe.each(setups)('%s', (_name, setup, everyStatus, body) => {
    let server: ResourceServer;
    let endpoint: JwksServer;

    beforeAll(async () => {
      endpoint = await JwksServer.start([]);
      endpoint.mode = 'answers 500';
      server = await ResourceServer.start(platform, {
        trusts: [
          { issuer: forge.issuer, audience: AUDIENCE, jwks: { keys: [forge.key.jwk] } },
          { issuer: keyless.issuer, audience: AUDIENCE, jwksUri: endpoint.uri },
        ],
        clock: clock.nowMs,
        ...setup,
      });
    });

    afterAll(async () => {
      await server.stop();
      await endpoint.stop();
    });

    const expectAnswer = (answer: Answer, status: number): void => {
      expect(answer.status).toBe(everyStatus ?? status);
      if (body !== undefined) expect(JSON.parse(answer.body)).toEqual(body);
      expect(answer.headers['cache-control']).toBe('no-store');
      expect(server.refusals).toEqual([expect.objectContaining({ status })]);
      expect(server.reached).toEqual([]);
    };

    it('lets a good token in', async () => {
      expect((await server.get('/orders', forge.forge())).status).toBe(200);
    });

    it.each([
      ['no token', undefined, 401, `Bearer ${METADATA}`],
      ['a bad token', 'Bearer bad', 401, 'Bearer error="invalid_token", '],
      ['a malformed header', 'Bearer', 400, 'Bearer error="invalid_request", '],
    ])('keeps the challenge for %s', async (_kind, authorization, status, challenge) => {
      const answer = await server.send('/orders', { headers: { authorization } });
      expectAnswer(answer, status);
      expect(answer.headers['www-authenticate']).toContain(challenge);
      expect(answer.headers['www-authenticate']).toContain(METADATA);
    });

    it('keeps the challenge for a token without the scope', async () => {
      const token = forge.forge({ payload: forge.claims({ scope: 'other' }) });
      const answer = await server.get('/orders', token);
      expectAnswer(answer, 403);
      expect(answer.headers['www-authenticate']).toContain(
        'Bearer error="insufficient_scope", scope="orders:read", ',
      );
    });

    it('keeps Retry-After where the keys are out of reach', async () => {
      const answer = await server.get('/orders', keyless.forge());
      expectAnswer(answer, 503);
      expect(answer.headers['retry-after']).toMatch(/^\d+$/);
    });
  });
});
