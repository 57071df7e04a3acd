/** Builds the HTTP application; main.ts and the tests start from the same one. */
import { type LoggerService, type LogLevel } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { createLogger, Observability, observeFastify, TextLogger } from '@keyward/observability';
import { AppModule } from './app.module.js';
import { ClientOrigins } from './client/client.origins.js';
import { checkConfiguration } from './config/configuration.check.js';
import { observabilityConfig } from './config/observability.config.js';
import { serverConfig } from './config/server.config.js';
import { type ServerCredentials, tlsConfig } from './config/tls.config.js';
import { answerClientError } from './http/client-error.handler.js';
import { addCorsHooks } from './http/cors.hook.js';
import { frameworkErrorHandler } from './http/framework-error.handler.js';
import { addRequestOriginHook, correlationIdOf } from './http/request-origin.hook.js';
import { addSecurityHeaders } from './http/security.headers.js';
import { addTransferCodingHook } from './http/transfer-coding.hook.js';
import { addJsonParser } from './http/json.body.js';
import { addPathParameterHook } from './http/path-parameter.hook.js';
import { addRequestSizeHook } from './http/request-size.hook.js';
import { BODY_LIMIT_BYTES, NODE_LIMITS, REQUEST_TIMEOUT_MS } from './http/server.limits.js';
import { ServerLogger } from './http/server.logger.js';
import { addAddressLimits } from './limits/address-limit.hook.js';
import { RequestLimits } from './limits/request.limits.js';
import { addDpopNonceHook } from './sender-constraint/dpop-nonce.hook.js';

/** What {@link createApplication} may be told. */
export interface ApplicationOptions {
  /** Of a log at the console, for tests. Default: the log that is configured. */
  readonly logLevels?: LogLevel[];
}

/**
 * The application, not yet initialised: nothing is opened before `init()` or `listen()`.
 * @throws ConfigurationError listing everything that is wrong with the environment and its files
 */
export async function createApplication({
  logLevels,
}: ApplicationOptions = {}): Promise<NestFastifyApplication> {
  checkConfiguration(process.env);
  const { trustedProxies, allowedOrigins, issuer } = serverConfig();
  const adapter = new FastifyAdapter({
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    // What comes on an open connection while the process ends is answered like anything else.
    return503OnClosing: false,
    clientErrorHandler: answerClientError,
    frameworkErrors: frameworkErrorHandler(issuer),
    ...serverOptions(tlsConfig().credentials),
    trustProxy: trustedProxies.length > 0 && [...trustedProxies],
    genReqId: correlationIdOf,
    // There is no Nest middleware here, for which each request would be matched all the same.
    skipMiddie: true,
  });
  // Forms only, and raw: the endpoints' parsers must see a parameter that was sent twice.
  const fastify = adapter.getInstance();
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, body, done) => done(null, body),
  );
  addJsonParser(fastify);
  const app = await NestFactory.create<NestFastifyApplication>(AppModule, adapter, {
    bodyParser: false,
    abortOnError: false,
    logger: new ServerLogger(loggerOf(logLevels)),
  });
  observeFastify(fastify, await app.get(Observability).observers());
  addRequestOriginHook(fastify);
  addSecurityHeaders(fastify, issuer);
  addTransferCodingHook(fastify);
  addPathParameterHook(fastify);
  addRequestSizeHook(fastify);
  addDpopNonceHook(fastify);
  addCorsHooks(fastify, allowedOrigins, app.get(ClientOrigins, { strict: false }));
  addAddressLimits(fastify, app.get(RequestLimits, { strict: false }));
  return app;
}

function loggerOf(logLevels: LogLevel[] | undefined): LoggerService {
  if (logLevels === undefined) return createLogger('auth-service', observabilityConfig());
  const logger = new TextLogger({ redacts: false });
  logger.setLogLevels(logLevels);
  return logger;
}

/** Whether it speaks TLS itself decides what kind of server Fastify makes. */
function serverOptions(credentials: ServerCredentials | null) {
  if (credentials === null) return { http: NODE_LIMITS };
  return { https: { ...NODE_LIMITS, ...credentials, minVersion: 'TLSv1.2' as const } };
}
