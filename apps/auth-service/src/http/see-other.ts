/** Sends a browser on to a page of this server. */
import { type FastifyReply } from 'fastify';

/** 303, so that a form is never posted a second time (RFC 9110 section 15.4.4, RFC 9700 section 4.12). */
export function seeOther(reply: FastifyReply, path: string): void {
  void reply.header('cache-control', 'no-store').redirect(path, 303);
}
