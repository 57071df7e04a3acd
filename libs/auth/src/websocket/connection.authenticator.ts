/** Decides about connections to gateways, and ends them when their token is no longer good. */
import { Injectable, type Type } from '@nestjs/common';
import { ApplicationGuard } from '../access/application.guard.js';
import { HandlerInventory } from '../access/handler-inventory.js';
import { TokenLifetimes, type TokenEnd } from '../access-token/token-lifetimes.js';
import { AuthObserver } from '../auth.observer.js';
import { HandlerClosedError, type BearerError } from '../bearer/bearer.errors.js';
import { type CallRequest } from '../call/call-request.js';
import { refusalMessage, type RefusalMessage } from '../call/refusal-message.js';
import { presentedToken } from '../cookie/cookie-token.source.js';
import { principalOf } from '../principal/principal.js';
import { ConnectionContext } from './connection.context.js';
import { setConnection, type SocketConnection } from './socket-connections.js';

/** A connection from its handshake on, and what is to happen when its token ends. */
export class OpenConnection implements SocketConnection {
  #close: ((why: TokenEnd) => void) | undefined;
  #ended: TokenEnd | undefined;
  #stopWatching: (() => void) | undefined;

  /** @param exception what a gateway's handlers throw, so that its client sees it */
  constructor(
    readonly request: CallRequest,
    private readonly exception: (message: RefusalMessage) => Error,
  ) {}

  /** Whether the handshake is over. */
  get isOpen(): boolean {
    return this.#close !== undefined;
  }

  /** While the handshake lasts, HTTP can still answer. */
  refuse(error: BearerError): Error {
    return this.isOpen ? this.exception(refusalMessage(error)) : error;
  }

  /** Watches the token from now on, which is before the socket is there. */
  watch(lifetimes: TokenLifetimes): void {
    const principal = principalOf(this.request);
    const token = principal && presentedToken(this.request)?.token;
    if (principal === undefined || token === undefined) return;
    this.#stopWatching = lifetimes.watch(token, principal, (why) => {
      this.#ended = why;
      this.#close?.(why);
    });
  }

  /** The handshake is over. Calls `close` when the token ends: at once, where it did already. */
  open(close: (why: TokenEnd) => void): void {
    this.#close = close;
    if (this.#ended !== undefined) close(this.#ended);
  }

  /** The socket is gone. */
  closed(): void {
    this.#stopWatching?.();
  }
}

/** Asks the guards about everyone who connects. */
@Injectable()
export class ConnectionAuthenticator {
  constructor(
    private readonly guard: ApplicationGuard,
    private readonly inventory: HandlerInventory,
    private readonly lifetimes: TokenLifetimes,
    private readonly observer: AuthObserver,
  ) {}

  /** The gateways for which `isAt` holds. */
  gateways(isAt: (gateway: Type) => boolean): readonly Type[] {
    return this.inventory.gateways().filter(isAt);
  }

  /**
   * Lets a connection in that every one of `gateways` lets in, which share its socket.
   *
   * @param holder the request or the socket that the connection is known by
   * @throws BearerError (or what `connection.refuse` makes of one) where one of them does not
   */
  async admit(
    gateways: readonly Type[],
    holder: object,
    connection: OpenConnection,
  ): Promise<void> {
    // Nobody said who may connect where there is no gateway.
    if (gateways.length === 0) throw new HandlerClosedError();
    setConnection(holder, connection);
    for (const gateway of gateways) {
      const { handler } = this.inventory.connection(gateway);
      await this.guard.canActivate(new ConnectionContext(gateway, handler, holder));
    }
    connection.watch(this.lifetimes);
  }

  /** Tells the observer of a page that may not open a connection. */
  refuseOrigin(origin: string | undefined): HandlerClosedError {
    const error = new HandlerClosedError();
    const detail = JSON.stringify(origin?.slice(0, 64));
    const status = error.getStatus();
    this.observer.requestRefused({ stage: 'context', reason: 'cross_origin', detail, status });
    return error;
  }
}
