/** The port on which clients are asked for their certificate, so that no browser ever is. */
import { constants } from 'node:crypto';
import { createServer } from 'node:https';
import { type TLSSocket } from 'node:tls';
import { type BeforeApplicationShutdown, Inject, Injectable, Logger } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { type FastifyInstance } from 'fastify';
import { serverConfig, type ServerConfig } from '../config/server.config.js';
import { StartupError } from '../config/startup.error.js';
import { lifecycleConfig, type LifecycleConfig } from '../config/lifecycle.config.js';
import { tlsConfig, type TlsConfig } from '../config/tls.config.js';
import { answerClientError } from '../http/client-error.handler.js';
import { NODE_LIMITS, REQUEST_TIMEOUT_MS } from '../http/server.limits.js';
import { ServerDrain } from '../lifecycle/server.drain.js';

/**
 * The same endpoints as on the other port. Certificates are asked for and not demanded: which one is
 * good enough, and whether its chain has to be trusted, depends on the client, which is not known yet.
 *
 * @see RFC 8705 sections 2 and 5
 */
@Injectable()
export class MutualTlsListener implements BeforeApplicationShutdown {
  private readonly logger = new Logger(MutualTlsListener.name);
  private drain: ServerDrain | undefined;

  constructor(
    @Inject(tlsConfig.KEY) private readonly tls: TlsConfig,
    @Inject(serverConfig.KEY) private readonly config: ServerConfig,
    @Inject(lifecycleConfig.KEY) private readonly lifecycle: LifecycleConfig,
    private readonly adapterHost: HttpAdapterHost,
  ) {}

  /**
   * Listens where there is such a port.
   * @throws StartupError where it is in use
   */
  async listen(): Promise<void> {
    const { credentials, mutualPort: port, clientAuthorities } = this.tls;
    if (credentials === null || port === null) return;
    const fastify = this.adapterHost.httpAdapter.getInstance<FastifyInstance>();
    await fastify.ready();
    const server = createServer({
      ...credentials,
      // Without authorities of its own Node would trust those of the web, which vouch for anybody.
      ca: clientAuthorities ?? [],
      requestCert: true,
      rejectUnauthorized: false,
      minVersion: 'TLSv1.2',
      // The certificate of a connection is looked at once.
      secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
      ...NODE_LIMITS,
    });
    server.requestTimeout = REQUEST_TIMEOUT_MS;
    server.keepAliveTimeout = fastify.initialConfig.keepAliveTimeout ?? 0;
    server.on('request', (request, response) => fastify.routing(request, response));
    server.on('clientError', (error, socket) => answerClientError(error, socket as TLSSocket));
    this.drain = new ServerDrain(server);
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error: NodeJS.ErrnoException) => {
        const inUse = `${this.config.host}:${port} is already in use: set another AUTH_MTLS_PORT`;
        reject(error.code === 'EADDRINUSE' ? new StartupError(inUse) : error);
      });
      server.listen({ port, host: this.config.host }, resolve);
    });
    this.logger.log(`asks for client certificates on ${this.config.host}:${port}`);
  }

  /** What is under way is answered; nothing new is taken, and no connection is kept. */
  async beforeApplicationShutdown(): Promise<void> {
    this.endConnections();
    await this.close(this.lifecycle.shutdownTimeoutMs);
  }

  /** @see ServerDrain.endConnections */
  endConnections(): void {
    this.drain?.endConnections();
  }

  /** @see ServerDrain.close */
  async close(timeoutMs: number): Promise<boolean> {
    return (await this.drain?.close(timeoutMs)) ?? true;
  }
}
