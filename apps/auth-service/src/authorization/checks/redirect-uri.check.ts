/** The redirect_uri is one that the client registered, to the letter. */
import { InvalidRequestError } from '@keyward/oauth';
import { type Client } from '../../client/client.js';

// Only the address itself: `localhost` may be answered by another interface (RFC 8252 section 8.3).
const LOOPBACK = /^(http:\/\/(?:127\.0\.0\.1|\[::1\]))(?::([1-9]\d{0,4}))?((?:[/?].*)?)$/;

/**
 * Compared as text: what a URL parser would find equal is another URI. Only the port of a native
 * client's loopback URI is free.
 *
 * @throws InvalidRequestError where it is missing or not registered
 * @see RFC 9700 section 4.1.3, RFC 8252 sections 7.3 and 8.4, OpenID Connect Core 1.0 section 3.1.2.1
 */
export function checkRedirectUri(client: Client, redirectUri: string | null): string {
  if (redirectUri === null) throw new InvalidRequestError('the parameter redirect_uri is missing');
  if (!isRegistered(client, redirectUri)) {
    throw new InvalidRequestError(
      'the redirect_uri is not registered for this client',
      `client ${client.clientId}: redirect_uri ${JSON.stringify(redirectUri)} is not registered`,
    );
  }
  return redirectUri;
}

function isRegistered(client: Client, requested: string): boolean {
  if (client.redirectUris.includes(requested)) return true;
  if (client.applicationType !== 'native') return false;
  const wanted = withoutPort(requested);
  return wanted !== null && client.redirectUris.some((uri) => withoutPort(uri) === wanted);
}

/** @returns null for what is no loopback URI with a possible port */
function withoutPort(uri: string): string | null {
  const [, origin, port, rest] = LOOPBACK.exec(uri) ?? [];
  if (origin === undefined || Number(port ?? 1) > 65_535) return null;
  return `${origin}${rest ?? ''}`;
}
