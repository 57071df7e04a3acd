/** Authenticates handshakes of socket.io: before the client has joined the gateway's namespace. */
import { type IncomingMessage } from 'node:http';
import { type Type } from '@nestjs/common';
import { WsException } from '@nestjs/websockets';
import { BearerError } from '../bearer/bearer.errors.js';
import { refusalMessage } from '../call/refusal-message.js';
import { OpenConnection, type ConnectionAuthenticator } from './connection.authenticator.js';
import { handshakeCredentials, type Handshake } from './handshake-credentials.js';
import { type OriginPolicy } from './origin-policy.js';
import { connectionOf } from './socket-connections.js';
import { type Handshaking, type ServerOptions, type Socket } from './socket-server.js';

type AllowRequest = (
  request: IncomingMessage,
  done: (problem: string | null | undefined, allowed: boolean) => void,
) => void;

/** A namespace of socket.io, or its server, which stands for the namespace `/`. */
interface Namespace {
  use(middleware: (socket: IoSocket, next: (error?: Error) => void) => void): unknown;
}

interface IoSocket extends Socket {
  readonly handshake: Handshake;
  readonly request: { readonly rawHeaders?: readonly string[] };
}

/** One for all servers of an adapter. */
export class SocketIoHandshake implements Handshaking {
  constructor(
    private readonly authenticator: ConnectionAuthenticator,
    private readonly origins: OriginPolicy,
  ) {}

  /** The options of the server, with its own check behind ours. Long polling passes it too. */
  options(options: ServerOptions): ServerOptions {
    const own = options['allowRequest'] as AllowRequest | undefined;
    const allowRequest: AllowRequest = (request, done) => {
      if (!this.origins.allows(request)) {
        this.authenticator.refuseOrigin(request.headers.origin);
        done('cross-origin', false);
      } else if (own === undefined) {
        done(null, true);
      } else {
        own(request, done);
      }
    };
    return { ...options, allowRequest };
  }

  protect(server: object, isHere: (gateway: Type) => boolean): void {
    (server as Namespace).use((socket, next) => {
      this.#admit(socket, isHere).then(
        () => next(),
        (error: unknown) => next(connectError(error)),
      );
    });
  }

  adopt(socket: Socket): boolean {
    const connection = connectionOf(socket);
    if (!(connection instanceof OpenConnection)) return false;
    if (connection.isOpen) return true;
    socket.once('disconnect', () => connection.closed());
    connection.open((why) => {
      socket.emit?.('exception', {
        status: 'error',
        statusCode: 401,
        error: 'invalid_token',
        reason: why,
      });
      socket.disconnect?.(true);
    });
    return true;
  }

  async #admit(socket: IoSocket, isHere: (gateway: Type) => boolean): Promise<void> {
    const { headers, url, auth } = socket.handshake;
    const { rawHeaders } = socket.request;
    const credentials = handshakeCredentials({ headers, rawHeaders, url, auth });
    const connection = new OpenConnection(credentials, (message) => new WsException(message));
    await this.authenticator.admit(this.authenticator.gateways(isHere), socket, connection);
  }
}

/** What the client's `connect_error` gets: the message, and the refusal as `data`. */
function connectError(error: unknown): Error {
  if (!(error instanceof BearerError)) return new Error('Internal server error');
  const data = refusalMessage(error);
  return Object.assign(new Error(data.error ?? 'unauthorized'), { data });
}
