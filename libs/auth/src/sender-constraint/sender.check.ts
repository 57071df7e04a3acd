/** Holds a token against whoever presents it: the members of `cnf`, one method each (RFC 7800 section 3.1). */
import { RefusedTokenError, shown } from '../access-token/refusal.js';
import { type HttpRequest, type TokenScheme } from '../bearer/bearer-token.js';

/** How one member of `cnf` is held against a request. */
export interface ConfirmationMethod {
  /** The member that it is for. */
  readonly member: string;
  /** The scheme of the Authorization header by which a token with this member comes. */
  readonly scheme: TokenScheme;
  /**
   * Refuses a request that does not prove what the token names.
   *
   * @param expected the member's value, text that is not empty
   * @throws RefusedTokenError or RefusedProofError where it proves something else, or nothing
   * @throws ReplaysUnavailableError where it cannot be known
   */
  confirm(request: HttpRequest, token: string, expected: string): void | Promise<void>;
}

/**
 * Everything that `cnf` names has to be proved. A member that there is no method for is refused: a
 * token is bound by it, and nobody here could tell its owner from a thief.
 */
export class SenderCheck {
  readonly #methods: ReadonlyMap<string, ConfirmationMethod>;

  constructor(methods: readonly ConfirmationMethod[]) {
    this.#methods = new Map(methods.map((method) => [method.member, method]));
  }

  /**
   * @param cnf the token's claim as it stands; undefined where it has none
   * @throws RefusedTokenError for a bound token that comes alone, and for one that comes with a proof
   *   although it is bound to no key
   * @throws RefusedProofError for a proof that breaks a rule
   * @throws ReplaysUnavailableError where it cannot be known whether a proof came before
   * @see RFC 9449 sections 7.1 and 7.2, RFC 8705 section 3
   */
  async check(
    request: HttpRequest,
    token: string,
    scheme: TokenScheme,
    cnf: unknown,
  ): Promise<void> {
    const members = membersOf(cnf);
    const methods = members.map(([member, expected]) => {
      const method = this.#methods.get(member);
      if (method === undefined) throw refuse('confirmation_not_supported', shown(member));
      return { method, expected };
    });
    // The scheme first: a token that needs a proof is not looked at any further without one.
    const needed = methods.some(({ method }) => method.scheme === 'DPoP') ? 'DPoP' : 'Bearer';
    if (needed !== scheme) {
      throw refuse(needed === 'DPoP' ? 'bound_token_alone' : 'unbound_token_with_proof');
    }
    for (const { method, expected } of methods) await method.confirm(request, token, expected);
  }
}

function membersOf(cnf: unknown): readonly (readonly [string, string])[] {
  if (cnf === undefined) return [];
  if (typeof cnf !== 'object' || cnf === null || Array.isArray(cnf)) {
    throw refuse('confirmation_malformed', 'cnf is not an object');
  }
  const members = Object.entries(cnf);
  if (members.length === 0) throw refuse('confirmation_malformed', 'cnf is empty');
  return members.map(([member, expected]: [string, unknown]) => {
    if (typeof expected === 'string' && expected !== '') return [member, expected] as const;
    // `jwk` and the like hold objects; there is no method for any of them.
    throw refuse('confirmation_not_supported', shown(member));
  });
}

function refuse(
  reason:
    | 'bound_token_alone'
    | 'unbound_token_with_proof'
    | 'confirmation_malformed'
    | 'confirmation_not_supported',
  detail?: string,
): RefusedTokenError {
  return new RefusedTokenError('confirmation', reason, detail);
}
