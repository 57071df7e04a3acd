/** The two cookies of a backend: names of sessions and of browsers, and never anything else. */
import { createHash, randomBytes } from 'node:crypto';
import { type IncomingMessage } from 'node:http';
import { cookieValues } from '../cookie/cookie-header.js';
import { type BffSettings } from './bff.settings.js';

/** 256 bits in base64url. */
const VALUE = /^[A-Za-z0-9_-]{43}$/;

/** A cookie that names something by a random value. */
export class NameCookie {
  readonly #name: string;
  readonly #attributes: string;

  constructor(
    name: string,
    { insecureCookies }: Pick<BffSettings, 'insecureCookies'>,
    sameSite: 'Strict' | 'Lax',
    private readonly maxAgeSeconds: number,
  ) {
    // Without a Domain and with a prefix that no other host can plant (RFC 6265bis section 4.1.3.2).
    this.#name = insecureCookies ? name : `__Host-${name}`;
    const secure = insecureCookies ? '' : ' Secure;';
    this.#attributes = `Path=/; HttpOnly;${secure} SameSite=${sameSite}`;
  }

  /** What the browser sent; undefined for none, for another form, and for more than one. */
  read({ headers }: IncomingMessage): string | undefined {
    const [value, ...more] = cookieValues(headers, this.#name);
    return value !== undefined && more.length === 0 && VALUE.test(value) ? value : undefined;
  }

  /** The Set-Cookie line that gives the browser a value. */
  set(value: string): string {
    return `${this.#name}=${value}; Max-Age=${this.maxAgeSeconds}; ${this.#attributes}`;
  }

  /** The Set-Cookie line that takes it away. */
  clear(): string {
    return `${this.#name}=; Max-Age=0; ${this.#attributes}`;
  }
}

/** A value that nobody can guess. */
export function newName(): string {
  return randomBytes(32).toString('base64url');
}

/** Under which key a store has what a cookie names: who reads the store cannot make the cookie. */
export function keyOf(name: string): string {
  return createHash('sha256').update(name).digest('base64url');
}
