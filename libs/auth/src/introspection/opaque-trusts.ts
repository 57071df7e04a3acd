/** Finds the one trust that may be asked about a token that is no JWT. */
import { type Trust } from '../trust/trust.js';

/**
 * Whoever is asked about a token gets to see it. So a token goes to one issuer at most: a JWT to the
 * one that it names, and to no introspection before that; any other token to the trust whose prefix
 * it has, or else to the one trust without a prefix.
 */
export class OpaqueTrusts {
  readonly #byPrefix: readonly Trust[];

  /** @throws TypeError for two trusts that could claim the same token */
  constructor(trusts: Iterable<Trust>) {
    const opaque = [...trusts].filter(({ acceptsOpaque }) => acceptsOpaque);
    for (const one of opaque) {
      const other = opaque.find((each) => each !== one && claimsTokensOf(each, one));
      if (other !== undefined) {
        throw new TypeError(
          `the opaque tokens of ${one.issuer} and ${other.issuer} cannot be told apart: give ` +
            'each trust an `introspection.tokenPrefix` of its own',
        );
      }
    }
    this.#byPrefix = opaque.sort((a, b) => b.tokenPrefix.length - a.tokenPrefix.length);
  }

  /** The trust to ask, or undefined where there is none: for a JWT always. */
  find(token: string): Trust | undefined {
    if (this.#byPrefix.length === 0 || isJwt(token)) return undefined;
    return this.#byPrefix.find(({ tokenPrefix }) => token.startsWith(tokenPrefix));
  }
}

function claimsTokensOf(one: Trust, other: Trust): boolean {
  if (one.tokenPrefix === '' || other.tokenPrefix === '') {
    return one.tokenPrefix === other.tokenPrefix;
  }
  return other.tokenPrefix.startsWith(one.tokenPrefix);
}

/**
 * Whether the token begins as a JWS or a JWE does: a segment that is a JSON object, and a dot. It
 * need not be a good one: a spoilt JWT is somebody's still, and is refused by the strict parser.
 */
function isJwt(token: string): boolean {
  const dot = token.indexOf('.');
  if (dot === -1) return false;
  // A JSON text may begin with white space.
  return Buffer.from(token.slice(0, dot), 'base64url').toString('utf8').trimStart().startsWith('{');
}
