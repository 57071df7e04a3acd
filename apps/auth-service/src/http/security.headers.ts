/** What every answer tells browsers, whoever asked: to do nothing with it but what was asked for. */
import { type FastifyInstance } from 'fastify';

/** A year: as long as browsers' own lists ask for. Other hosts of the domain are their owners' to decide on. */
const HSTS_SECONDS = 31_536_000;

/**
 * An answer is no page, keeps its type, is nobody's frame, image or script, and stays in no cache: what is
 * meant otherwise, pages, assets and documents for everyone, says so itself.
 */
const DEFAULTS: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/**
 * The headers of an answer that says nothing else.
 *
 * @param issuer as browsers know this server: `Strict-Transport-Security` goes with https alone, also where
 *   a proxy ends TLS
 * @see RFC 6797 section 7.1, RFC 9700 section 4.16, OWASP ASVS 5.0 section 3.4
 */
export function securityHeaders(issuer: string): Readonly<Record<string, string>> {
  if (!issuer.startsWith('https:')) return DEFAULTS;
  return { ...DEFAULTS, 'strict-transport-security': `max-age=${HSTS_SECONDS}` };
}

/** Adds the hook, before anything that answers: whatever a handler says has the last word. */
export function addSecurityHeaders(fastify: FastifyInstance, issuer: string): void {
  const headers = securityHeaders(issuer);
  fastify.addHook('onRequest', (_request, reply, done) => {
    void reply.headers(headers);
    done();
  });
}
