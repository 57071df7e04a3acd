/** Makes the HTTP application, the same for the program and for its tests. */
import { type ServerResponse } from 'node:http';
import { fileURLToPath } from 'node:url';
import { type LoggerService, type LogLevel } from '@nestjs/common';
import { type ConfigType } from '@nestjs/config';
import { NestFactory } from '@nestjs/core';
import { type NestExpressApplication } from '@nestjs/platform-express';
import { Observability, observeExpress, requestIdOf } from '@keyward/observability';
import { AppModule } from './app.module.js';
import { storefrontConfig } from './config/storefront.config.js';
import { pageHeaders } from './pages/page-headers.js';

/** What `vite build` made; the same folder from `src` and from `dist`. */
const PAGES = fileURLToPath(new URL('../web/dist', import.meta.url));

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
    // Bodies are passed on to services as they come.
    bodyParser: false,
    abortOnError: false,
    // Nest logs a failed start with a stack trace. Whoever starts the application says it better.
    bufferLogs: true,
    autoFlushLogs: false,
  });
  app.disable('x-powered-by');
  const config = app.get<ConfigType<typeof storefrontConfig>>(storefrontConfig.KEY);
  // Another network's callers are people's browsers: their traces begin here.
  const told = [config.issuerOrigin ?? config.issuer, config.ordersUrl];
  observeExpress(app, await app.get(Observability).observers(told), requestIdOf);
  app.use(pageHeaders(config));
  app.useStaticAssets(PAGES, { setHeaders: setCaching });
  return app;
}

// Names of assets change with their content; pages have to be asked for, or they name what is gone.
function setCaching(response: ServerResponse, path: string): void {
  const isAsset = path.includes('/assets/');
  response.setHeader('Cache-Control', isAsset ? 'public, max-age=31536000, immutable' : 'no-cache');
}
