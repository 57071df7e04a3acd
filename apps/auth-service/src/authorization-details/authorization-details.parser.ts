/** Reads the parameter `authorization_details`: a small, unambiguous list of objects with a type. */
import { parseStrictObject, RefusedTokenError } from '@keyward/auth';
import { type AuthorizationDetail, InvalidAuthorizationDetailsError } from '@keyward/oauth';
import { formatDetail } from './authorization-details.js';

/** Characters of the parameter: what is allowed travels in every token of the grant. */
export const MAX_DETAILS_LENGTH = 4096;

const MAX_ELEMENTS = 16;
const MAX_DEPTH = 6;
const MAX_TYPE_LENGTH = 255;

// What PostgreSQL cannot keep, and nobody can read.
const UNSTORABLE = /[\0\p{Surrogate}]/u;

/**
 * @throws InvalidAuthorizationDetailsError for anything else, an empty list among it
 * @see RFC 9396 sections 2 and 5
 */
export function parseAuthorizationDetails(text: string): readonly AuthorizationDetail[] {
  if (text.length > MAX_DETAILS_LENGTH)
    throw refused(`longer than ${MAX_DETAILS_LENGTH} characters`);
  const list = parseStrictly(text);
  if (!Array.isArray(list)) throw refused('not a list');
  if (list.length === 0 || list.length > MAX_ELEMENTS) {
    throw refused(`not a list of 1 to ${MAX_ELEMENTS} elements`);
  }
  const details = list.map((element: unknown) => {
    if (typeof element !== 'object' || element === null || Array.isArray(element)) {
      throw refused('a list of something else than objects');
    }
    const { type } = element as { readonly type?: unknown };
    if (typeof type !== 'string' || type === '' || type.length > MAX_TYPE_LENGTH) {
      throw refused('without a type');
    }
    checkValue(element, MAX_DEPTH);
    return element as AuthorizationDetail;
  });
  // The same twice says nothing more than once.
  return [...new Map(details.map((detail) => [formatDetail(detail), detail])).values()];
}

/** As strictly as a token: what two parsers could read differently, the person would not know. */
function parseStrictly(text: string): unknown {
  try {
    // JSON by itself, so that it cannot end the object that the strict parser needs around it.
    JSON.parse(text);
    return parseStrictObject(Buffer.from(`{"list":${text}}`))['list'];
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RefusedTokenError) {
      throw refused('not unambiguous JSON');
    }
    throw error;
  }
}

function checkValue(value: unknown, depth: number): void {
  if (typeof value === 'string' && UNSTORABLE.test(value)) throw refused('not made of characters');
  if (typeof value !== 'object' || value === null) return;
  if (depth === 0) throw refused('nested too deep');
  for (const [name, member] of Object.entries(value)) {
    checkValue(name, 0);
    checkValue(member, depth - 1);
  }
}

function refused(how: string): InvalidAuthorizationDetailsError {
  return new InvalidAuthorizationDetailsError(`the authorization_details are ${how}`);
}
