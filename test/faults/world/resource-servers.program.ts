/** Resource servers in one process, alike but for what a silent feed of revocations means to each. */
import 'reflect-metadata';
import { Controller, Get } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  AuthModule,
  ClientCredentialsTokens,
  Public,
  RevocationFeed,
  Scopes,
  SseRevocationSource,
  type StalePolicy,
} from '@keyward/auth';

const env = (name: string) => process.env[name] ?? '';
const via = env('VIA');
const clientId = env('CLIENT_ID');
const clientSecret = env('CLIENT_SECRET');

@Controller()
class OrdersController {
  @Get('ready')
  @Public()
  ready(): object {
    return {};
  }

  @Get('orders')
  @Scopes(env('SCOPE'))
  orders(): object {
    return { orders: [] };
  }
}

async function serve(policy: StalePolicy, port: number): Promise<void> {
  const tokens = new ClientCredentialsTokens({
    tokenUrl: `${via}/oauth2/token`,
    clientId,
    clientSecret,
    scope: 'revocations:read',
    resource: env('ISSUER'),
  });
  const source = new SseRevocationSource({ url: `${via}/oauth2/revocations`, tokens });
  const trust = {
    issuer: env('ISSUER'),
    audience: env('AUDIENCE'),
    jwksUri: `${via}/.well-known/jwks.json`,
    // The set is asked for all the time, so that whatever happens to it happens often.
    jwksOptions: { minMaxAgeSeconds: 1, timeoutMs: 1500, retrySeconds: 1 },
    introspection: {
      client: { clientId, clientSecret },
      endpoint: `${via}/oauth2/introspect`,
      maxCacheSeconds: 0,
    },
    revocation: {
      feed: new RevocationFeed({ source }),
      whenStale: policy,
      maxStalenessSeconds: Number(env('MAX_STALENESS_SECONDS')),
    },
  };
  const app = await NestFactory.create(
    {
      module: class FaultedResourceServer {},
      controllers: [OrdersController],
      imports: [AuthModule.forRoot({ trusts: [trust] })],
    },
    { logger: ['warn', 'error'] },
  );
  // Not all signals, as by default: SIGUSR2 moves the clock.
  app.enableShutdownHooks(['SIGTERM']);
  await app.listen(port, '127.0.0.1');
}

for (const [policy, port] of Object.entries(JSON.parse(env('PORTS')) as Record<string, number>)) {
  await serve(policy as StalePolicy, port);
}
