/** Strict JSON objects: what two parsers could read differently is refused (RFC 8725 section 2.4). */
import { isUtf8 } from 'node:buffer';
import { RefusedTokenError } from '../access-token/refusal.js';

/** A JSON object as parsed. */
export type JsonObject = Readonly<Record<string, unknown>>;

const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/**
 * Parses UTF-8 bytes as one JSON object in which, at every depth, no member is named twice and none
 * is named `__proto__`. A byte order mark is not JSON (RFC 8259 section 8.1) and is refused as such.
 *
 * @throws RefusedTokenError naming the rule
 * @see RFC 7515 section 4, RFC 7519 section 4: duplicate names must be refused or resolved alike
 */
export function parseStrictObject(bytes: Buffer): JsonObject {
  if (!isUtf8(bytes)) throw new RefusedTokenError('canonical', 'not_utf8');
  const text = bytes.toString('utf8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new RefusedTokenError('canonical', 'not_a_json_object', 'not JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new RefusedTokenError('canonical', 'not_a_json_object', 'not an object');
  }
  refuseAmbiguousMembers(text);
  return value as JsonObject;
}

/** Walks text that JSON.parse accepted; only quotes, brackets and commas matter then. */
function refuseAmbiguousMembers(text: string): void {
  const enclosing: (Set<string> | undefined)[] = [];
  let names: Set<string> | undefined;
  let nameNext = false;
  for (let i = 0; i < text.length; i++) {
    switch (text.charCodeAt(i)) {
      case QUOTE: {
        const end = endOfString(text, i);
        if (nameNext && names !== undefined) {
          const raw = text.slice(i + 1, end);
          // Escapes spell the same name in many ways: "sub" and "s\u0075b" are one member.
          const name = raw.includes('\\') ? (JSON.parse(`"${raw}"`) as string) : raw;
          if (name === '__proto__') throw new RefusedTokenError('canonical', 'proto_member');
          if (names.has(name)) throw new RefusedTokenError('canonical', 'duplicate_member');
          names.add(name);
          nameNext = false;
        }
        i = end;
        break;
      }
      case OPEN_BRACE:
        enclosing.push(names);
        names = new Set();
        nameNext = true;
        break;
      case OPEN_BRACKET:
        enclosing.push(names);
        names = undefined;
        nameNext = false;
        break;
      case CLOSE_BRACE:
      case CLOSE_BRACKET:
        names = enclosing.pop();
        nameNext = false;
        break;
      case COMMA:
        nameNext = names !== undefined;
        break;
    }
  }
}

/** Index of the quote that ends the string which starts at `start`. */
function endOfString(text: string, start: number): number {
  const end = text.indexOf('"', start + 1);
  if (text.charCodeAt(end - 1) !== BACKSLASH) return end;
  let i = start + 1;
  while (text.charCodeAt(i) !== QUOTE) i += text.charCodeAt(i) === BACKSLASH ? 2 : 1;
  return i;
}
