/** Makes the HTTP application, the same for the program and for its tests. */
import { StandardSchemaValidationPipe, type LoggerService, type LogLevel } from '@nestjs/common';
import { type ConfigType } from '@nestjs/config';
import { NestFactory } from '@nestjs/core';
import { type NestExpressApplication } from '@nestjs/platform-express';
import { AccessTokenVerifier } from '@keyward/auth';
import { authMetrics, Observability, observeExpress, requestIdOf } from '@keyward/observability';
import { type IncomingMessage, type ServerResponse } from 'node:http';
import { AppModule } from './app.module.js';
import { ordersConfig } from './config/orders.config.js';
import { serveDocumentation } from './documentation/documentation.js';

/** Largest request body in bytes. */
const BODY_LIMIT = 64 * 1024;

/**
 * Creates the application; the caller lets it listen, and flushes the logs that wait until then.
 *
 * @param logger false for silence
 * @throws ConfigurationError for a configuration that is not usable
 */
export async function createApplication(
  logger: LoggerService | LogLevel[] | false,
): Promise<NestExpressApplication> {
  const app = await NestFactory.create<NestExpressApplication>(AppModule, {
    logger,
    bodyParser: false,
    abortOnError: false,
    // Nest logs a failed start with a stack trace. Whoever starts the application says it better.
    bufferLogs: true,
    autoFlushLogs: false,
  });
  app.disable('x-powered-by');
  const config = app.get<ConfigType<typeof ordersConfig>>(ordersConfig.KEY);
  const observability = app.get(Observability);
  observability.add(authMetrics(observability.counters, app.get(AccessTokenVerifier)));
  const told = [config.issuer, config.jwksUri, config.tokenUrl, config.payments?.url];
  observeExpress(
    app,
    await observability.observers([...told, config.payments?.tokenUrl]),
    requestIdOf,
  );
  app.use(securityHeaders);
  app.useBodyParser('json', { limit: BODY_LIMIT });
  // Each problem of a body repeats its path: an answer must not outgrow the request by far.
  app.useGlobalPipes(new StandardSchemaValidationPipe({ maxErrorMessagesLength: 2000 }));
  if (config.corsOrigins.length > 0) {
    // Without credentials: such a page has a token, and no cookie means anything here.
    app.enableCors({
      origin: [...config.corsOrigins],
      methods: ['GET', 'POST', 'PUT', 'DELETE'],
      allowedHeaders: ['Authorization', 'Content-Type', 'DPoP'],
      exposedHeaders: ['WWW-Authenticate', 'DPoP-Nonce', 'Location', 'Retry-After'],
      maxAge: 600,
    });
  }
  serveDocumentation(app, config);
  return app;
}

// No page of another site may frame the documentation: its "Authorize" takes a client secret.
function securityHeaders(_request: IncomingMessage, response: ServerResponse, next: () => void) {
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.setHeader('Content-Security-Policy', "frame-ancestors 'none'");
  response.setHeader('Referrer-Policy', 'no-referrer');
  next();
}
