/** What this library uses of ws and of socket.io, neither of which it imports. */
import { type IncomingMessage } from 'node:http';
import { type Type } from '@nestjs/common';

/** Options that a gateway gives its server; those of ws and of socket.io together. */
export interface ServerOptions {
  readonly path?: string;
  readonly namespace?: unknown;
  readonly [option: string]: unknown;
}

/** A socket of either. */
export interface Socket {
  once(event: string, listener: (...args: unknown[]) => void): unknown;
  /** ws: with a code and a reason. */
  close?(code: number, reason: string): void;
  /** ws: without waiting for the client. */
  terminate?(): void;
  /** socket.io: of the namespace, or of the connection below it. */
  disconnect?(close: boolean): unknown;
  /** socket.io: sends to the client. */
  emit?(event: string, ...args: unknown[]): unknown;
}

/** How connections to one kind of server are authenticated. */
export interface Handshaking {
  /** Has the guards of the gateways at this server asked about everyone who connects. */
  protect(server: object, isHere: (gateway: Type) => boolean): void;
  /** Takes over a connection that was let in; false where it was not. */
  adopt(socket: Socket, request: IncomingMessage | unknown): boolean;
}
