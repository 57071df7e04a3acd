/** Remembers who is behind each connection, from its handshake to its end. */
import { type BearerError } from '../bearer/bearer.errors.js';
import { type CallRequest } from '../call/call-request.js';

/** One connection of one client. */
export interface SocketConnection {
  /** Stands for the request of every message: its credentials are those of the handshake. */
  readonly request: CallRequest;
  /** What a guard throws, in the words of the gateway's transport. */
  refuse(error: BearerError): Error;
}

const connections = new WeakMap<object, SocketConnection>();

/** Notes that `holder` (a socket, or the request that opened it) belongs to `connection`. */
export function setConnection(holder: object, connection: SocketConnection): void {
  connections.set(holder, connection);
}

/** The connection of a socket that an adapter of this library let in. */
export function connectionOf(holder: unknown): SocketConnection | undefined {
  return typeof holder === 'object' && holder !== null ? connections.get(holder) : undefined;
}
