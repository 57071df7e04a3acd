/** Authenticates handshakes of the `ws` package: before the upgrade, with the answers of HTTP. */
import { type IncomingMessage } from 'node:http';
import { type Type } from '@nestjs/common';
import { WsException } from '@nestjs/websockets';
import { type TokenEnd } from '../access-token/token-lifetimes.js';
import { BearerError } from '../bearer/bearer.errors.js';
import { OpenConnection, type ConnectionAuthenticator } from './connection.authenticator.js';
import { answeredSubprotocol, handshakeCredentials } from './handshake-credentials.js';
import { type OriginPolicy } from './origin-policy.js';
import { connectionOf, setConnection } from './socket-connections.js';
import { type Handshaking, type ServerOptions, type Socket } from './socket-server.js';

/** A private-use close code that repeats the status of HTTP. */
export const CLOSE_UNAUTHORIZED = 4401;

/** A client that does not answer the close frame is cut off after this time. */
const CLOSE_TIMEOUT_MS = 2000;

type Verified = (ok: boolean, status?: number, text?: string, headers?: object) => void;
type VerifyClient = (info: { req: IncomingMessage }, done: Verified) => void;
type HandleProtocols = (offered: Set<string>, request: IncomingMessage) => string | false;

/** One for all servers of an adapter. */
export class WsHandshake implements Handshaking {
  constructor(
    private readonly authenticator: ConnectionAuthenticator,
    private readonly origins: OriginPolicy,
  ) {}

  /** The options of the server, with its own checks behind ours. */
  options(isHere: (gateway: Type) => boolean, options: ServerOptions): ServerOptions {
    const own = options['verifyClient'] as VerifyClient | ((info: object) => boolean) | undefined;
    const handleProtocols = options['handleProtocols'] as HandleProtocols | undefined;
    const verifyClient: VerifyClient = (info, done) => {
      this.#admit(info.req, isHere).then(
        () => {
          if (own === undefined) done(true);
          else if (own.length === 2) own(info, done);
          else done((own as (info: object) => boolean)(info));
        },
        (error: unknown) => refuse(error, done),
      );
    };
    return {
      ...options,
      verifyClient,
      handleProtocols: (offered: Set<string>, request: IncomingMessage) => {
        const answered = answeredSubprotocol(offered);
        if (handleProtocols === undefined) return answered;
        const others = [...offered].filter((one) => answeredSubprotocol([one]) === one);
        return handleProtocols(new Set(others), request);
      },
    };
  }

  /** All is done by the options. */
  protect(): void {
    return undefined;
  }

  adopt(socket: Socket, request: unknown): boolean {
    const connection = connectionOf(request);
    if (!(connection instanceof OpenConnection)) return false;
    if (connection.isOpen) return connectionOf(socket) === connection;
    setConnection(socket, connection);
    socket.once('close', () => connection.closed());
    connection.open((why) => close(socket, why));
    return true;
  }

  async #admit(request: IncomingMessage, isHere: (gateway: Type) => boolean): Promise<void> {
    if (!this.origins.allows(request)) {
      throw this.authenticator.refuseOrigin(request.headers.origin);
    }
    const connection = new OpenConnection(
      handshakeCredentials(request),
      (message) => new WsException(message),
    );
    const gateways = this.authenticator.gateways(isHere);
    await this.authenticator.admit(gateways, request, connection);
  }
}

function refuse(error: unknown, done: Verified): void {
  if (error instanceof BearerError) {
    done(false, error.getStatus(), undefined, error.headers);
  } else {
    // A fault of ours. Nothing of it is shown, and nobody is let in.
    done(false, 500);
  }
}

function close(socket: Socket, why: TokenEnd): void {
  socket.close?.(
    CLOSE_UNAUTHORIZED,
    `the access token ${why === 'expired' ? 'expired' : 'was revoked'}`,
  );
  const timer = setTimeout(() => socket.terminate?.(), CLOSE_TIMEOUT_MS).unref();
  socket.once('close', () => clearTimeout(timer));
}
