/** Ends a stream of server-sent events when the token that opened it is no longer good. */
import { type ServerResponse } from 'node:http';
import { type TokenLifetimes } from '../access-token/token-lifetimes.js';
import { type CallRequest } from '../call/call-request.js';
import { presentedToken } from '../cookie/cookie-token.source.js';
import { type Principal } from '../principal/principal.js';

/** A client that reads nothing is cut off after this time. */
const END_TIMEOUT_MS = 2000;

/**
 * Ends the response with its token. The client may connect again, and is then told why it may not.
 *
 * @param response of Express, or of Fastify, which keeps Node's own under `raw`
 */
export function endWithToken(
  lifetimes: TokenLifetimes,
  request: CallRequest,
  response: ServerResponse | { readonly raw: ServerResponse },
  principal: Principal,
): void {
  const presented = presentedToken(request);
  if (presented === undefined) return;
  const raw = 'raw' in response ? response.raw : response;
  const stop = lifetimes.watch(presented.token, principal, () => end(raw));
  raw.once('close', stop);
}

function end(response: ServerResponse): void {
  // What a handler's events say until Nest has noticed comes after the end: no reason to fail.
  response.on('error', () => undefined);
  response.end();
  const timer = setTimeout(() => response.destroy(), END_TIMEOUT_MS).unref();
  response.once('close', () => clearTimeout(timer));
}
