/** Starts auth-service, or says in one go why it cannot. */
import 'reflect-metadata';
import { Logger } from '@nestjs/common';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApplication } from './application.js';
import { MutualTlsListener } from './client-certificate/mutual-tls.listener.js';
import { serverConfig, type ServerConfig } from './config/server.config.js';
import { StartupError } from './config/startup.error.js';
import { GracefulShutdown } from './lifecycle/graceful.shutdown.js';

const logger = new Logger('auth-service');

async function start(app: NestFastifyApplication): Promise<void> {
  const { host, port, issuer, production } = app.get<ServerConfig>(serverConfig.KEY);
  if (production && issuer.startsWith('http:')) {
    logger.warn('AUTH_INSECURE_HTTP_ISSUER: tokens and secrets travel in the clear to this issuer');
  }
  new GracefulShutdown(app).onSignals(['SIGINT', 'SIGTERM']);
  try {
    await app.listen({ host, port });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new StartupError(
      `${host}:${port} is already in use: stop what listens there or set AUTH_PORT`,
    );
  }
  await app.get(MutualTlsListener, { strict: false }).listen();
  logger.log(`ready on ${await app.getUrl()} as issuer ${issuer}`);
}

let app: NestFastifyApplication | undefined;
try {
  app = await createApplication();
  await start(app);
} catch (error) {
  logger.fatal(error instanceof StartupError ? error.message : error);
  // Whatever was opened is closed, an embedded server above all.
  await app?.close();
  process.exit(1);
}
