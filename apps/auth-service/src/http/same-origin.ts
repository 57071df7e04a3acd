/** Tells a form of this server's own pages from one that stands on another site. */
import { type FastifyRequest } from 'fastify';

/**
 * Whether a post came from a page of this origin, as far as the browser says. A browser that sends
 * neither header says nothing: so this is asked beside an anti-CSRF token, never instead of one. An
 * opaque origin, `null`, is a foreign one: the pages' Referrer-Policy lets browsers name theirs.
 *
 * @param origin this server's own, as browsers see it
 * @see Fetch standard, "append a request Origin header"; Fetch Metadata section 2.4
 */
export function isSameOriginPost(request: FastifyRequest, origin: string): boolean {
  const { origin: from, 'sec-fetch-site': site } = request.headers;
  // `none` is the person's own doing, a reload for instance.
  return (
    (from === undefined || from === origin) &&
    (site === undefined || site === 'same-origin' || site === 'none')
  );
}
