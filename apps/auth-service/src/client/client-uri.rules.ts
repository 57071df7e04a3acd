/** Which URIs a client may register: each in the one spelling that is later compared with. */
import { type ApplicationType } from './client.js';

/** Where a registration is made: production takes no http but a native client's loopback. */
export interface RegistrationContext {
  readonly applicationType: ApplicationType;
  readonly production: boolean;
}

const MAX_URI_LENGTH = 2048;

// unreserved, reserved and percent-encoded characters (RFC 3986 section 2), and nothing else.
const URI = /^(?:[\w\-.~:/?#[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})+$/;

// What one decoder takes for a path separator, a dot segment or the end of the text and another does
// not: dot, slash, backslash and the control characters.
const AMBIGUOUS_ENCODING = /%(?:2[EeFf]|5[Cc]|[01][0-9A-Fa-f]|7[Ff])/;

// A reverse domain name, so that no scheme of a browser or of an operating system can be meant
// (RFC 8252 section 7.1).
const PRIVATE_USE_SCHEME = /^[a-z][a-z0-9+-]*(?:\.[a-z0-9+-]+)+:$/;

// The response's own parameters: registered ones would stand beside them.
const RESPONSE_PARAMETERS = ['code', 'state', 'iss', 'error', 'error_description', 'error_uri'];

/** Whether a hostname of a parsed URL is this machine's. */
export function isLoopbackHost(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '127.0.0.1' || hostname === '[::1]';
}

/**
 * What is wrong with a `redirect_uri` or `post_logout_redirect_uri`, or null.
 * @see RFC 6749 section 3.1.2, RFC 8252 sections 7 and 8.4, RFC 9700 section 4.1.3
 */
export function findRedirectUriProblem(
  value: string,
  { applicationType, production }: RegistrationContext,
): string | null {
  const form = findFormProblem(value);
  if (form !== null) return form;
  const { protocol, hostname, searchParams } = new URL(value);
  if (RESPONSE_PARAMETERS.some((name) => searchParams.has(name))) {
    return 'must not have a parameter of the response';
  }
  if (protocol === 'https:') return null;
  if (protocol === 'http:') {
    if (!isLoopbackHost(hostname)) return 'must be https';
    if (applicationType === 'native' || !production) return null;
    return 'must be https: production takes http on a loopback address from native clients alone';
  }
  if (!PRIVATE_USE_SCHEME.test(protocol)) {
    return 'must be https, or the private-use scheme of a native client, such as com.example.app';
  }
  return applicationType === 'native' ? null : 'has a scheme that only native clients may use';
}

/**
 * What is wrong with a URI that this server calls or that a page loads from, or null.
 * @see Back-Channel Logout 1.0 section 2.2, RFC 7591 section 2
 */
export function findServerUriProblem(value: string, production: boolean): string | null {
  const form = findFormProblem(value);
  if (form !== null) return form;
  const { protocol, hostname } = new URL(value);
  if (protocol === 'https:') return null;
  const allowed = protocol === 'http:' && isLoopbackHost(hostname) && !production;
  return allowed ? null : 'must be https';
}

/** What is wrong with an origin whose pages may call, or null. */
export function findOriginProblem(value: string, production: boolean): string | null {
  if (!URL.canParse(value) || new URL(value).origin !== value) {
    return 'must be an origin such as https://app.example.com, without path or trailing slash';
  }
  return findServerUriProblem(value, production);
}

function findFormProblem(value: string): string | null {
  if (value.length > MAX_URI_LENGTH) return `must not be longer than ${MAX_URI_LENGTH} characters`;
  if (!URI.test(value) || !URL.canParse(value)) return 'must be an absolute URI';
  if (value.includes('#')) return 'must not have a fragment';
  const { username, password, href } = new URL(value);
  if (username !== '' || password !== '' || /^[^:]+:\/\/[^/?]*@/.test(value)) {
    return 'must not have user information';
  }
  // What a URL parser would write differently has a second spelling: dot segments, upper-case hosts,
  // default ports, IP addresses as numbers, host names in another alphabet.
  if (href !== value && href !== `${value}/`) return `must be written in its normal form: ${href}`;
  if (AMBIGUOUS_ENCODING.test(value)) return 'must not encode dots, slashes or control characters';
  return null;
}
