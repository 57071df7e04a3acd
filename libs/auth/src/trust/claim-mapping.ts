/** Where an issuer writes scope, roles and client into its tokens, and how they are read. */
import { RefusedTokenError } from '../access-token/refusal.js';
import { type JsonObject } from '../jws/strict-json.js';

/**
 * The place of a claim: a name, or the names on the way to it. A name is taken as it is, dots
 * included, since namespaced claims have them: `['realm_access', 'roles']`, `'https://x.example/r'`.
 */
export type ClaimPath = string | readonly string[];

/** Where an issuer writes what Keyward needs to know. */
export interface ClaimMapping {
  /**
   * Claims that hold scope: a space-delimited string or an array of strings. All that are present
   * are joined. Default `['scope']` (RFC 9068 section 2.2.3).
   */
  readonly scopes?: readonly ClaimPath[];
  /** Claims that hold roles, likewise, except that a string is one role. Default none. */
  readonly roles?: readonly ClaimPath[];
  /** Claims that may hold the client, the first present wins. Default `['client_id']`. */
  readonly clientId?: readonly ClaimPath[];
}

/** The value at `path`, own members only; undefined where a step is missing or not an object. */
export function claimAt(claims: JsonObject, path: ClaimPath): unknown {
  if (typeof path === 'string') return Object.hasOwn(claims, path) ? claims[path] : undefined;
  let value: unknown = claims;
  for (const name of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name))
      return undefined;
    value = (value as JsonObject)[name];
  }
  return value;
}

/** Scope tokens of all `paths`, each once. */
export function scopesOf(claims: JsonObject, paths: readonly ClaimPath[]): readonly string[] {
  return stringsOf(claims, paths, (text) => text.split(' '));
}

/** Roles of all `paths`, each once. */
export function rolesOf(claims: JsonObject, paths: readonly ClaimPath[]): readonly string[] {
  return paths.length === 0 ? NONE : stringsOf(claims, paths, (text) => [text]);
}

/** The client of the token, from the first of `paths` that is present. */
export function clientIdOf(claims: JsonObject, paths: readonly ClaimPath[]): string | undefined {
  for (const path of paths) {
    const value = claimAt(claims, path);
    if (value === undefined) continue;
    if (typeof value !== 'string' || value === '') throw notStrings(path);
    return value;
  }
  return undefined;
}

const NONE: readonly string[] = Object.freeze([]);

function stringsOf(
  claims: JsonObject,
  paths: readonly ClaimPath[],
  split: (text: string) => readonly string[],
): readonly string[] {
  const found: string[] = [];
  for (const path of paths) {
    const value = claimAt(claims, path);
    if (value === undefined) continue;
    if (typeof value !== 'string' && !isStrings(value)) throw notStrings(path);
    for (const text of typeof value === 'string' ? split(value) : value) {
      if (text !== '' && !found.includes(text)) found.push(text);
    }
  }
  return Object.freeze(found);
}

function isStrings(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function notStrings(path: ClaimPath): RefusedTokenError {
  const name = typeof path === 'string' ? path : path.join('.');
  return new RefusedTokenError('claims', 'claim_type', `${name} is not made of strings`);
}
