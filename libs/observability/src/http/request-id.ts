/** The id by which a request is found in the logs of every service that it passed. */
import { randomUUID } from 'node:crypto';
import { type IncomingMessage } from 'node:http';

// Anything else could forge a line of the log, or fill it.
const WELL_FORMED = /^[\w.-]{1,64}$/;

/** The id that the caller sent in `x-request-id` where it is well-formed, or a new one. */
export function requestIdOf({ headers }: Pick<IncomingMessage, 'headers'>): string {
  const sent = headers['x-request-id'];
  return typeof sent === 'string' && WELL_FORMED.test(sent) ? sent : randomUUID();
}
