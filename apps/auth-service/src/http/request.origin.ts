/** Whose doing a decision is: told explicitly to whatever records one, so that the compiler asks for it. */
import { type FastifyRequest } from 'fastify';
import { clientAddressOf } from './client.address.js';

/** What of a request goes into every record of it. Nothing may depend on it to decide. */
export interface RequestOrigin {
  /** In the log, in the audit record and in the answer's `x-request-id`. */
  readonly correlationId: string;
  /** The client's IP address, without zone, IPv4 never in IPv6 notation. */
  readonly address: string;
}

/** Of what a timer or a command line does: nobody's request. */
export const BACKGROUND = Object.freeze({ correlationId: null, address: null });

/** A request, or no request at all; never one that was forgotten. */
export type Origin = RequestOrigin | typeof BACKGROUND;

const ORIGIN = Symbol('keyward.origin');

declare module 'fastify' {
  interface FastifyRequest {
    [ORIGIN]?: RequestOrigin | null;
  }
}

/** The name under which a request keeps its origin, for Fastify's `decorateRequest`. */
export const REQUEST_ORIGIN_DECORATION: symbol = ORIGIN;

/** Found once, when the request arrives: a connection that is closed has no address any more. */
export function originOf(request: FastifyRequest): RequestOrigin {
  return (request[ORIGIN] ??= { correlationId: request.id, address: clientAddressOf(request) });
}
