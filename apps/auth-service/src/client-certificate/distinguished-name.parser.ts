/** Reads the text of a distinguished name (RFC 4514 section 3), and nothing that is only similar. */
import { type DerValue, readDer } from './der.reader.js';

/** The names of attribute types that are taken; any other is written as its object identifier. */
const ATTRIBUTE_TYPES: Readonly<Record<string, string>> = {
  cn: '2.5.4.3',
  l: '2.5.4.7',
  st: '2.5.4.8',
  o: '2.5.4.10',
  ou: '2.5.4.11',
  c: '2.5.4.6',
  street: '2.5.4.9',
  dc: '0.9.2342.19200300.100.1.25',
  uid: '0.9.2342.19200300.100.1.1',
  // Not SN: to OpenSSL that is the serial number, to LDAP the surname.
  serialnumber: '2.5.4.5',
  organizationidentifier: '2.5.4.97',
  emailaddress: '1.2.840.113549.1.9.1',
};

const NUMERIC = /^(?:0|[1-9]\d*)(?:\.(?:0|[1-9]\d*))+$/;
const HEX_VALUE = /^#((?:[0-9A-Fa-f]{2})+)$/;

// An escape stands for one character of the syntax, or for one octet of UTF-8.
const ESCAPED = /^(?:\\(?:[\\"+,;<>#= ]|[0-9A-Fa-f]{2})|[^\\"+,;<>\0])*$/u;

/**
 * The relative names in the order of the text, each attribute with its type as an identifier.
 * Spaces around separators, quoted values and semicolons, as older texts have them, are refused:
 * they can be read in two ways.
 *
 * @param hexValue makes the value of an attribute that is written in hex
 * @throws TypeError saying what is wrong
 */
export function parseDistinguishedName<T>(
  text: string,
  hexValue: (value: DerValue) => T,
): { readonly type: string; readonly value: T | { readonly text: string } }[][] {
  if (text === '') throw new TypeError('the name is empty');
  return splitUnescaped(text, ',').map((relativeName) =>
    splitUnescaped(relativeName, '+').map((attribute) => {
      const separator = attribute.indexOf('=');
      if (separator < 0) throw new TypeError(`${JSON.stringify(attribute)} is not type=value`);
      const value = attribute.slice(separator + 1);
      return {
        type: parseType(attribute.slice(0, separator)),
        value: value.startsWith('#') ? hexValue(parseHex(value)) : { text: unescape(value) },
      };
    }),
  );
}

function parseType(type: string): string {
  const known = ATTRIBUTE_TYPES[type.toLowerCase()] ?? (NUMERIC.test(type) ? type : undefined);
  if (known !== undefined) return known;
  throw new TypeError(`${JSON.stringify(type)} is no attribute type that is known here`);
}

function parseHex(value: string): DerValue {
  const hex = HEX_VALUE.exec(value)?.[1];
  const [parsed, ...others] = hex === undefined ? [] : readDer(Buffer.from(hex, 'hex'));
  if (parsed !== undefined && others.length === 0) return parsed;
  throw new TypeError(`${JSON.stringify(value)} is not one value in hex`);
}

function unescape(value: string): string {
  const quoted = JSON.stringify(value);
  if (value === '') throw new TypeError('an attribute has no value');
  if (!ESCAPED.test(value)) throw new TypeError(`${quoted} has a character to be escaped`);
  if (value.startsWith(' ') || /(?<!\\)(?:\\\\)* $/.test(value)) {
    throw new TypeError(`${quoted} has a space at an end, which has to be escaped`);
  }
  const octets: Buffer[] = [];
  for (const [part] of value.matchAll(/\\[0-9A-Fa-f]{2}|\\.|[^\\]+/gu)) {
    if (!part.startsWith('\\')) octets.push(Buffer.from(part, 'utf8'));
    else if (part.length === 3) octets.push(Buffer.from(part.slice(1), 'hex'));
    else octets.push(Buffer.from(part.slice(1), 'utf8'));
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.concat(octets));
  } catch {
    throw new TypeError(`${quoted} is not UTF-8`);
  }
}

function splitUnescaped(text: string, separator: string): string[] {
  const parts = [''];
  for (let i = 0; i < text.length; i += 1) {
    const character = text.charAt(i);
    if (character === separator) {
      parts.push('');
      continue;
    }
    const taken = character === '\\' ? text.slice(i, i + 2) : character;
    parts[parts.length - 1] += taken;
    i += taken.length - 1;
  }
  return parts;
}
