/** Authenticates the connections that GraphQL subscriptions come over, and ends them with their token. */
import { Injectable } from '@nestjs/common';
import { RequestAuthenticator } from '../access/request-authenticator.js';
import { TokenLifetimes } from '../access-token/token-lifetimes.js';
import { AuthObserver } from '../auth.observer.js';
import { BearerError, HandlerClosedError } from '../bearer/bearer.errors.js';
import { type CallRequest } from '../call/call-request.js';
import { presentedToken } from '../cookie/cookie-token.source.js';
import { handshakeCredentials, type Handshake } from '../websocket/handshake-credentials.js';
import { OriginPolicy } from '../websocket/origin-policy.js';
import { connectSubscriptions } from './graphql-request.js';

/** Settings of the connections. */
export interface SubscriptionProtection {
  /** Origins of web pages, besides the server's own, that may connect. Default none. */
  readonly allowedOrigins?: readonly string[];
}

/** A socket of the `ws` package. */
interface WebSocket {
  close(code: number, reason: string): void;
  once(event: 'close', listener: () => void): unknown;
}

/** A connection as the server of graphql-ws shows it. */
interface GraphqlWsConnection {
  readonly connectionParams?: unknown;
  readonly extra: unknown;
}

/** A connection as Mercurius shows it: its hook is called on it. */
interface MercuriusConnection {
  readonly socket: WebSocket;
  readonly context: { readonly request: Handshake };
}

/** Close codes: the private ones of graphql-ws, and "try again later" of RFC 6455's registry. */
const UNAUTHORIZED = 4401;
const FORBIDDEN = 4403;
const TRY_AGAIN_LATER = 1013;

/**
 * A connection may come without credentials: then it is good for public operations alone. Those that
 * it brings have to be good, and it is closed when they no longer are. They stand in the payload of
 * `connection_init` as `{ authorization: 'Bearer <token>' }`, or in the header of the upgrade.
 */
@Injectable()
export class GraphqlSubscriptions {
  constructor(
    private readonly authenticator: RequestAuthenticator,
    private readonly lifetimes: TokenLifetimes,
    private readonly observer: AuthObserver,
  ) {}

  /**
   * Options of graphql-ws, for `subscriptions: { 'graphql-ws': ... }` of Nest's Apollo driver.
   * @throws TypeError for an origin that no browser would send
   */
  graphqlWs({ allowedOrigins }: SubscriptionProtection = {}): {
    onConnect: (connection: GraphqlWsConnection) => Promise<boolean>;
  } {
    const origins = new OriginPolicy(allowedOrigins);
    return {
      onConnect: (connection) => {
        const { socket, request } = connection.extra as { socket: WebSocket; request: Handshake };
        const shown = [connection, request];
        return this.#connect(origins, socket, request, connection.connectionParams, shown);
      },
    };
  }

  /**
   * Options of Mercurius, for `subscription` of Nest's Mercurius driver.
   * @throws TypeError for an origin that no browser would send
   */
  mercurius({ allowedOrigins }: SubscriptionProtection = {}): {
    onConnect: (message: { payload?: unknown }) => Promise<boolean>;
  } {
    const origins = new OriginPolicy(allowedOrigins);
    const connect = this.#connect.bind(this);
    return {
      onConnect(this: unknown, { payload }: { payload?: unknown }) {
        const { socket, context } = this as MercuriusConnection;
        return connect(origins, socket, context.request, payload, [context.request]);
      },
    };
  }

  async #connect(
    origins: OriginPolicy,
    socket: WebSocket,
    handshake: Handshake,
    payload: unknown,
    shown: readonly unknown[],
  ): Promise<boolean> {
    try {
      if (!origins.allows(handshake)) throw this.#crossOrigin(handshake);
      const request = handshakeCredentials(handshake, valuesOf(payload));
      connectSubscriptions(shown, request);
      if (this.authenticator.hasToken(request)) await this.#bind(socket, request);
      return true;
    } catch (error) {
      socket.close(codeOf(error), error instanceof BearerError ? textOf(error) : '');
      return false;
    }
  }

  async #bind(socket: WebSocket, request: CallRequest): Promise<void> {
    const principal = await this.authenticator.authenticate(request, () => 'connection_init');
    const token = presentedToken(request)?.token ?? '';
    const stop = this.lifetimes.watch(token, principal, (why) =>
      socket.close(UNAUTHORIZED, `the access token ${why === 'expired' ? why : 'was revoked'}`),
    );
    socket.once('close', stop);
  }

  #crossOrigin({ headers }: Handshake): HandlerClosedError {
    const error = new HandlerClosedError();
    const detail = JSON.stringify(String(headers['origin']).slice(0, 64));
    const status = error.getStatus();
    this.observer.requestRefused({ stage: 'context', reason: 'cross_origin', detail, status });
    return error;
  }
}

/** The values of `authorization` in the payload, in any case; what is no text is malformed. */
function valuesOf(payload: unknown): readonly string[] {
  if (typeof payload !== 'object' || payload === null) return [];
  return Object.entries(payload).flatMap(([name, value]) => {
    if (name.toLowerCase() !== 'authorization') return [];
    return [typeof value === 'string' ? value : 'Bearer'];
  });
}

function codeOf(error: unknown): number {
  const status = error instanceof BearerError ? error.getStatus() : 503;
  if (status === 503) return TRY_AGAIN_LATER;
  return status === 403 ? FORBIDDEN : UNAUTHORIZED;
}

function textOf(error: BearerError): string {
  return (error.getResponse() as { error?: string }).error ?? '';
}
