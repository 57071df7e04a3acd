/** Scope: a set of case-sensitive, space-delimited tokens (RFC 6749 section 3.3). */

// scope-token = 1*( %x21 / %x23-5B / %x5D-7E )
const SCOPE_TOKEN = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

/**
 * Whether `value` is one scope token: printable ASCII without space, `"` and `\`.
 * @see RFC 6749 section 3.3
 */
export function isScopeToken(value: string): boolean {
  return SCOPE_TOKEN.test(value);
}

/**
 * The tokens of a scope value in their order, each once.
 *
 * @returns null where the value breaks the grammar: empty, a doubled, leading or trailing space,
 *   or a character that no scope token may have. A caller never has to guess what was meant.
 * @see RFC 6749 section 3.3
 */
export function parseScope(value: string): readonly string[] | null {
  const tokens = value.split(' ');
  for (const token of tokens) if (!isScopeToken(token)) return null;
  return tokens.length === 1 ? tokens : [...new Set(tokens)];
}

/**
 * The scope value of a set of tokens, in the order given.
 * @throws TypeError for a token that breaks the grammar
 * @see RFC 6749 section 3.3
 */
export function formatScope(tokens: Iterable<string>): string {
  const list = [...new Set(tokens)];
  for (const token of list) {
    if (!isScopeToken(token)) throw new TypeError(`not a scope token: ${JSON.stringify(token)}`);
  }
  return list.join(' ');
}
