/** What operators see: spans of the stages, and a health check that tells what cannot be decided. */
import { Controller, Get, type DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { HealthCheckService, TerminusModule } from '@nestjs/terminus';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { AuthModule, AuthTracer, Public, type AuthModuleOptions } from '@keyward/auth';
import { OpenTelemetryTracer } from '@keyward/auth/opentelemetry';
import { KeywardHealthIndicator } from '@keyward/auth/terminus';
import { TestClock } from './support/resource-server-clock.js';
import { JwksServer } from './support/resource-server-jwks.js';
import { PLATFORMS, ResourceServer } from './support/resource-server.js';
import { createSigningKey, TokenForge } from './support/token-forge.js';

const ISSUER = 'https://as.example';
const AUDIENCE = 'https://orders.example';
const clock = new TestClock();
const forge = new TokenForge(ISSUER, AUDIENCE, createSigningKey('ES256', 'ec-1'), clock);
const trusts = [{ issuer: ISSUER, audience: AUDIENCE, jwks: { keys: [forge.key.jwk] } }];

describe.each(PLATFORMS)('OpenTelemetryTracer on %s', (platform) => {
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({
    spanProcessors: [new SimpleSpanProcessor(exporter)],
  });
  let server: ResourceServer;

  beforeAll(async () => {
    const tracer = new OpenTelemetryTracer(provider.getTracer('test'));
    server = await ResourceServer.start(platform, { trusts, clock: clock.nowMs, tracer });
  });
  beforeEach(() => exporter.reset());
  afterAll(() => server.stop());

  const spans = (): readonly [string, object][] =>
    exporter.getFinishedSpans().map(({ name, attributes }) => [name, attributes]);

  it('makes a span a stage', async () => {
    expect((await server.get('/orders', await forge.issue())).status).toBe(200);
    const attributes = {
      'keyward.handler': 'OrdersController.list',
      'keyward.outcome': 'passed',
      'keyward.issuer': ISSUER,
    };
    expect(spans()).toEqual([
      ['keyward.authentication', attributes],
      ['keyward.authorization', attributes],
    ]);
  });

  it('says where and why a request was refused, and shows neither token nor claim', async () => {
    const token = await forge.issue({ sub: 'alice-7', aud: 'https://other.example' });
    expect((await server.get('/orders', token)).status).toBe(401);
    expect((await server.get('/admin', await forge.issue())).status).toBe(403);
    expect(spans()).toMatchObject([
      [
        'keyward.authentication',
        {
          'keyward.outcome': 'refused',
          'keyward.refused_at': 'claims',
          'keyward.reason': 'audience',
          'keyward.issuer': ISSUER,
        },
      ],
      ['keyward.authentication', { 'keyward.outcome': 'passed' }],
      [
        'keyward.authorization',
        { 'keyward.refused_at': 'policy', 'keyward.reason': 'insufficient_role' },
      ],
    ]);
    const told = JSON.stringify(spans());
    for (const secret of ['alice-7', 'other.example', ...token.split('.')]) {
      expect(told).not.toContain(secret);
    }
  });
});

class FailingTracer extends AuthTracer {
  start(): never {
    throw new Error('tracer down');
  }
}

class FailingSpanTracer extends AuthTracer {
  start() {
    return {
      end: () => {
        throw new Error('span down');
      },
    };
  }
}

it.each([FailingTracer, FailingSpanTracer])('%p changes no answer', async (Tracer) => {
  const server = await ResourceServer.start('express', {
    trusts,
    clock: clock.nowMs,
    tracer: new Tracer(),
  });
  try {
    expect((await server.get('/orders', await forge.issue())).status).toBe(200);
    expect((await server.get('/admin', await forge.issue())).status).toBe(403);
    expect((await server.get('/orders', 'x')).status).toBe(401);
    expect(server.reached).toEqual([]);
  } finally {
    await server.stop();
  }
});

@Controller()
class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly keyward: KeywardHealthIndicator,
  ) {}

  @Get('health')
  @Public()
  check() {
    return this.health.check([() => this.keyward.isHealthy()]);
  }
}

type Extras = Parameters<typeof AuthModule.forRoot>[0];

async function health(options: AuthModuleOptions & Partial<Extras>) {
  const root: DynamicModule = {
    module: class HealthModule {},
    imports: [TerminusModule.forRoot({ logger: false }), AuthModule.forRoot(options)],
    controllers: [HealthController],
    providers: [KeywardHealthIndicator],
  };
  const app = await NestFactory.create(root, { logger: false });
  try {
    await app.listen(0, '127.0.0.1');
    const { port } = app.getHttpServer().address() as { port: number };
    // The keys are fetched behind the start.
    await new Promise((resolve) => setTimeout(resolve, 200));
    const response = await fetch(`http://127.0.0.1:${port}/health`);
    const { status, details } = (await response.json()) as {
      status: string;
      details: { keyward: Record<string, unknown> };
    };
    return { code: response.status, status, keyward: details.keyward };
  } finally {
    await app.close();
  }
}

describe('KeywardHealthIndicator', () => {
  it('is up while every issuer has fresh keys, and says how old they are', async () => {
    const jwks = await JwksServer.start([forge.key.jwk]);
    try {
      const remote = { issuer: ISSUER, audience: AUDIENCE, jwksUri: jwks.uri };
      expect(await health({ trusts: [remote], clock: clock.nowMs })).toEqual({
        code: 200,
        status: 'ok',
        keyward: {
          status: 'up',
          enforcement: 'enforced',
          issuers: { [ISSUER]: { keys: 'fresh', usableKeys: 1, keysAgeSeconds: 0 } },
        },
      });
    } finally {
      await jwks.stop();
    }
  });

  it('is down while no issuer has a key, and does not say what failed', async () => {
    const jwks = await JwksServer.start([]);
    jwks.mode = 'answers 500';
    try {
      const remote = { issuer: ISSUER, audience: AUDIENCE, jwksUri: jwks.uri };
      const answer = await health({ trusts: [remote] });
      expect(answer).toMatchObject({ code: 503, status: 'error' });
      expect(answer.keyward).toEqual({
        status: 'down',
        enforcement: 'enforced',
        issuers: { [ISSUER]: { keys: 'unavailable', usableKeys: 0 } },
      });
      const both = await health({
        trusts: [{ ...remote, issuer: 'https://away.example' }, ...trusts],
      });
      expect(both).toMatchObject({ code: 200, keyward: { status: 'degraded' } });
    } finally {
      await jwks.stop();
    }
  });

  it('is degraded while nothing is enforced', async () => {
    const answer = await health({ trusts, enforcement: 'insecure-report-only' });
    expect(answer).toMatchObject({
      code: 200,
      keyward: { status: 'degraded', enforcement: 'insecure-report-only' },
    });
  });
});
