/** Writes an http URI in one way, so that two can be compared (RFC 3986 section 6.2). */

/** Every character that RFC 3986 allows in a URI. The URL parser forgives others: spaces, `\`, tabs. */
const URI = /^https?:\/\/[\w.~!$&'()*+,;=:@/?#[\]%-]+$/i;
const ESCAPES = /%(?![0-9A-Fa-f]{2})/;
const UNRESERVED = /[\w.~-]/;

/**
 * The URI without query and fragment, in its normal form: scheme and host in lower case, no default
 * port, no dot segments, escapes in upper case and only where they are needed.
 *
 * @returns undefined for what is no absolute http(s) URI, or holds user information
 * @see RFC 9449 section 4.3 step 9, RFC 3986 sections 6.2.2 and 6.2.3
 */
export function normalizeHttpUri(text: string): string | undefined {
  if (!URI.test(text) || ESCAPES.test(text) || !URL.canParse(text)) return undefined;
  const { protocol, host, pathname, username, password } = new URL(text);
  if (username !== '' || password !== '') return undefined;
  return `${protocol}//${host}${pathname.replace(/%[0-9A-Fa-f]{2}/g, normalizeEscape)}`;
}

function normalizeEscape(escape: string): string {
  const character = String.fromCharCode(parseInt(escape.slice(1), 16));
  return UNRESERVED.test(character) ? character : escape.toUpperCase();
}
