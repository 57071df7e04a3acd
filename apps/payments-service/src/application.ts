/** Makes the HTTP application, the same for the program and for its tests. */
import { StandardSchemaValidationPipe, type LoggerService, type LogLevel } from '@nestjs/common';
import { type ConfigType } from '@nestjs/config';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { AccessTokenVerifier } from '@keyward/auth';
import { authMetrics, Observability, observeFastify, requestIdOf } from '@keyward/observability';
import { AppModule } from './app.module.js';
import { paymentsConfig } from './config/payments.config.js';
import { serveDocumentation } from './documentation/documentation.js';

/** Largest request body in bytes. */
const BODY_LIMIT = 16 * 1024;

/**
 * Creates the application; the caller lets it listen, and flushes the logs that wait until then.
 *
 * @param logger false for silence
 * @throws Error for a configuration that is not usable, listing every problem
 */
export async function createApplication(
  logger: LoggerService | LogLevel[] | false,
): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    bodyLimit: BODY_LIMIT,
    requestTimeout: 10_000,
    genReqId: requestIdOf,
  });
  const app = await NestFactory.create<NestFastifyApplication>(AppModule, adapter, {
    logger,
    abortOnError: false,
    // Nest logs a failed start with a stack trace. Whoever starts the application says it better.
    bufferLogs: true,
    autoFlushLogs: false,
  });
  // JSON, and forms so that a token in one is refused as such; no text.
  adapter.getInstance().removeContentTypeParser('text/plain');
  const config = app.get<ConfigType<typeof paymentsConfig>>(paymentsConfig.KEY);
  const observability = app.get(Observability);
  observability.add(authMetrics(observability.counters, app.get(AccessTokenVerifier)));
  const told = [config.issuer, config.jwksUri, config.tokenUrl];
  const observers = await observability.observers([...told, config.revocations?.introspectionUrl]);
  observeFastify(adapter.getInstance(), observers);
  adapter.getInstance().addHook('onRequest', (_request, reply, done) => {
    reply.headers({
      'X-Content-Type-Options': 'nosniff',
      'Content-Security-Policy': "frame-ancestors 'none'",
      'Referrer-Policy': 'no-referrer',
    });
    done();
  });
  // Each problem of a body repeats its path: an answer must not outgrow the request by far.
  app.useGlobalPipes(new StandardSchemaValidationPipe({ maxErrorMessagesLength: 2000 }));
  serveDocumentation(app, config);
  return app;
}
