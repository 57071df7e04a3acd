/** A WebSocketAdapter around Nest's own: nobody connects to a gateway unless its guards say so. */
import {
  type INestApplicationContext,
  type Type,
  type WebSocketAdapter,
  type WsMessageHandler,
} from '@nestjs/common';
import { type Observable } from 'rxjs';
import { GuardCoverage } from '../access/guard-coverage.js';
import { gatewayNamespace, gatewayPlace } from '../access/handler-metadata.js';
import { PROTECTS_CONNECTIONS } from '../access/route-audit.js';
import { ConnectionAuthenticator } from './connection.authenticator.js';
import { OriginPolicy } from './origin-policy.js';
import { SocketIoHandshake } from './socket-io.handshake.js';
import { type Handshaking, type ServerOptions, type Socket } from './socket-server.js';
import { WsHandshake } from './ws.handshake.js';

/** Settings of a ProtectedWebSocketAdapter. */
export interface WebSocketProtection {
  /**
   * Origins of web pages, besides the server's own, that may open connections, as browsers write
   * them: `https://shop.example`. Default none.
   */
  readonly allowedOrigins?: readonly string[];
}

/**
 * Authenticates at the handshake, and closes a connection whose token expires or is revoked:
 *
 * ```ts
 * app.useWebSocketAdapter(new ProtectedWebSocketAdapter(app, new WsAdapter(app)));
 * ```
 *
 * The token comes in the Authorization header, in socket.io's `auth.token`, or as a subprotocol
 * `bearer.<token>` beside another one, which is what a browser can send over a plain WebSocket. What
 * a gateway asks of whoever connects is what its `handleConnection`, or else the class, is decorated
 * with; without both, a valid token. Messages are guarded by their own decorators.
 *
 * @see RFC 6750 section 2, RFC 6455 section 10
 */
export class ProtectedWebSocketAdapter implements WebSocketAdapter {
  readonly [PROTECTS_CONNECTIONS] = true;
  readonly #coverage: GuardCoverage;
  readonly #ws: WsHandshake;
  readonly #socketIo: SocketIoHandshake;
  readonly #handshakes = new WeakMap<object, Handshaking>();

  /**
   * @param inner Nest's IoAdapter or WsAdapter, or one that extends them
   * @throws TypeError for an origin that no browser would send
   */
  constructor(
    app: INestApplicationContext,
    private readonly inner: WebSocketAdapter,
    { allowedOrigins }: WebSocketProtection = {},
  ) {
    const authenticator = app.get(ConnectionAuthenticator, { strict: false });
    const origins = new OriginPolicy(allowedOrigins);
    this.#coverage = app.get(GuardCoverage, { strict: false });
    this.#ws = new WsHandshake(authenticator, origins);
    this.#socketIo = new SocketIoHandshake(authenticator, origins);
  }

  /** Nest sets it on the adapter that it was given. */
  set forceCloseConnections(force: boolean) {
    Object.assign(this.inner, { forceCloseConnections: force });
  }

  create(port: number, options: ServerOptions = {}): object {
    const isHere = (gateway: Type): boolean => {
      const place = gatewayPlace(gateway);
      const namespace = gatewayNamespace(options.namespace);
      return place.port === port && place.path === options.path && place.namespace === namespace;
    };
    const guarded = this.#ws.options(isHere, this.#socketIo.options(options));
    const server = this.inner.create(port, guarded) as object;
    const handshaking = 'use' in server ? this.#socketIo : this.#ws;
    this.#handshakes.set(server, handshaking);
    handshaking.protect(server, isHere);
    return server;
  }

  bindClientConnect(server: object, callback: (...args: unknown[]) => void): void {
    this.#coverage.gatewayConnected();
    const handshaking = this.#handshakes.get(server);
    this.inner.bindClientConnect(server, (socket: Socket, ...rest: unknown[]) => {
      // A connection that came in by another way than the handshake is not let in.
      if (handshaking?.adopt(socket, rest[0]) === true) callback(socket, ...rest);
      else (socket.terminate ?? socket.disconnect)?.call(socket, true);
    });
  }

  bindClientDisconnect(client: object, callback: (reason?: unknown) => void): void {
    this.inner.bindClientDisconnect?.(client, callback);
  }

  bindMessageHandlers(
    client: object,
    handlers: WsMessageHandler[],
    transform: (data: unknown) => Observable<unknown>,
  ): void {
    this.inner.bindMessageHandlers(client, handlers, transform);
  }

  close(server: object): unknown {
    return this.inner.close(server);
  }

  async dispose(): Promise<void> {
    await (this.inner as { dispose?(): Promise<void> }).dispose?.();
  }
}
