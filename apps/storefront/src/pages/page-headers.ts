/** The headers of pages: what their scripts may load, and where their forms and calls may lead. */
import { type IncomingMessage, type ServerResponse } from 'node:http';
import { type StorefrontConfiguration } from '../config/storefront.config.js';

type PageOrigins = Pick<StorefrontConfiguration, 'issuer' | 'ordersPublicUrl' | 'publicUrl'>;

/**
 * The policy of a page. Scripts and styles are files of this origin, and a page of the shop talks to
 * nobody but its backend: even a script that got in could send nothing elsewhere.
 *
 * @param path of the page
 */
export function contentSecurityPolicy(path: string, origins: PageOrigins): string {
  const issuer = new URL(origins.issuer).origin;
  const isBrowserClient = path === '/spa.html';
  // Without a backend the page itself has to reach the issuer and the service.
  const reachable = isBrowserClient ? ` ${issuer} ${new URL(origins.ordersPublicUrl).origin}` : '';
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    `connect-src 'self'${reachable}`,
    // Signing out posts a form that is sent on to the issuer.
    `form-action 'self' ${issuer}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "require-trusted-types-for 'script'",
  ].join('; ');
}

/** Middleware that sets the headers of every answer. */
export function pageHeaders(origins: PageOrigins) {
  const isHttps = origins.publicUrl.startsWith('https:');
  return (request: IncomingMessage, response: ServerResponse, next: () => void): void => {
    const path = (request.url ?? '').split('?', 1)[0] ?? '';
    response.setHeader('Content-Security-Policy', contentSecurityPolicy(path, origins));
    response.setHeader('X-Content-Type-Options', 'nosniff');
    // A form of ours must be able to say where it comes from.
    response.setHeader('Referrer-Policy', 'same-origin');
    response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
    response.setHeader('Cross-Origin-Resource-Policy', 'same-origin');
    response.setHeader('Permissions-Policy', 'camera=(), microphone=(), geolocation=()');
    if (isHttps) response.setHeader('Strict-Transport-Security', 'max-age=63072000');
    next();
  };
}
