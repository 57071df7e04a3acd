/** The cookies of this server: their names and attributes, and a reader that takes no doubtful one. */
import { type FastifyReply, type FastifyRequest } from 'fastify';

/** A cookie as browsers are to keep it, for as long as they run. */
export interface Cookie {
  readonly name: string;
  /** Everything after the value. */
  readonly attributes: string;
}

/**
 * A cookie for this host alone. `__Host-` makes browsers refuse it from any other host, over http or
 * with a Domain, so no neighbour can plant one. A browser takes neither prefix nor Secure from plain
 * http: there the cookie goes without, which is for development only.
 *
 * @param name without prefix
 * @see RFC 6265bis section 4.1.3.2
 */
export function hostCookie(name: string, { issuer }: { readonly issuer: string }): Cookie {
  return issuer.startsWith('https:')
    ? { name: `__Host-${name}`, attributes: 'Path=/; HttpOnly; Secure; SameSite=Lax' }
    : { name, attributes: 'Path=/; HttpOnly; SameSite=Lax' };
}

/**
 * The value that the browser sent. A header with the name twice is not believed at all: which of the
 * two is ours cannot be told, and a sibling domain may have planted the other.
 *
 * @returns null for none, an empty one, and for more than one
 * @see RFC 6265 section 4.2.2: the order of cookies says nothing
 */
export function readCookie(request: FastifyRequest, { name }: Cookie): string | null {
  const values = (request.headers.cookie ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
  const [value] = values;
  return values.length !== 1 || value === undefined || value === '' ? null : value;
}

/**
 * Gives the browser a cookie, in place of whatever this response said about it before.
 * @param value characters of base64url: nothing is encoded
 */
export function writeCookie(reply: FastifyReply, cookie: Cookie, value: string): void {
  if (!/^[\w-]+$/.test(value)) throw new TypeError(`the value of ${cookie.name} needs encoding`);
  send(reply, cookie, value, cookie.attributes);
}

/** Takes a cookie away from the browser. */
export function clearCookie(reply: FastifyReply, cookie: Cookie): void {
  send(reply, cookie, '', `${cookie.attributes}; Max-Age=0`);
}

// One Set-Cookie a name in a response (RFC 6265 section 4.1.1): Fastify would add a second one.
function send(reply: FastifyReply, { name }: Cookie, value: string, attributes: string): void {
  const others = [reply.getHeader('set-cookie') ?? []]
    .flat()
    .map(String)
    .filter((line) => !line.startsWith(`${name}=`));
  reply.removeHeader('set-cookie');
  void reply.header('set-cookie', [...others, `${name}=${value}; ${attributes}`]);
}
