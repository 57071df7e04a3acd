/** Distinguished names in one form, so that two are the same exactly where their texts are. */
import {
  DER_TAGS,
  DerError,
  type DerValue,
  readObjectIdentifier,
  readWithin,
} from './der.reader.js';
import { parseDistinguishedName } from './distinguished-name.parser.js';

/** One attribute of a name: its type as an object identifier, its value as text or as DER in hex. */
export interface NameAttribute {
  readonly type: string;
  readonly value: { readonly text: string } | { readonly hex: string };
}

/** A name as its relative distinguished names, most significant last (RFC 4514 section 2.1). */
export type DistinguishedName = readonly (readonly NameAttribute[])[];

const STRING_TAGS = { utf8: 0x0c, bmp: 0x1e, universal: 0x1c } as const;

// NumericString, PrintableString, IA5String and VisibleString: all of them ASCII.
const ASCII_TAGS: readonly number[] = [0x12, 0x13, 0x16, 0x1a];

/**
 * The form that is compared: attribute types by their identifiers, values as text however they are
 * encoded, the attributes of one relative name in any order, the relative names in theirs. Case and
 * spaces count: a certification authority that vouches for `cn=shop` did not vouch for `CN=Shop`.
 *
 * @see RFC 4514 section 2
 */
export function canonicalName(name: DistinguishedName): string {
  const relativeNames = name.map((attributes) =>
    attributes.map(({ type, value }) => JSON.stringify([type, value])).sort(),
  );
  return JSON.stringify(relativeNames);
}

/**
 * @param text a name as RFC 4514 writes it: `CN=shop,O=Example,C=DE`
 * @throws TypeError saying what is wrong with it
 */
export function canonicalNameOfText(text: string): string {
  return canonicalName(parseDistinguishedName(text, attributeValue));
}

/**
 * @param name the Name of a certificate (RFC 5280 section 4.1.2.4)
 * @throws DerError
 */
export function canonicalNameOfDer(name: DerValue | undefined): string {
  const relativeNames = readWithin(name, DER_TAGS.sequence).map((relativeName) =>
    readWithin(relativeName, DER_TAGS.set).map((attribute) => {
      const [type, value, ...others] = readWithin(attribute, DER_TAGS.sequence);
      if (value === undefined || others.length > 0) throw new DerError('not type and value');
      return { type: readObjectIdentifier(type), value: attributeValue(value) };
    }),
  );
  return canonicalName(relativeNames.reverse());
}

/** Text where the encoding is one of text, so that the same words are the same however they travel. */
function attributeValue({ tag, content, encoding }: DerValue): NameAttribute['value'] {
  try {
    if (ASCII_TAGS.includes(tag) && content.every((octet) => octet < 0x80)) {
      return { text: content.toString('latin1') };
    }
    if (tag === STRING_TAGS.utf8) return { text: decode('utf-8', content) };
    if (tag === STRING_TAGS.bmp) return { text: decode('utf-16le', Buffer.from(content).swap16()) };
  } catch {
    // Not the text that it says it is: compared by its bytes.
  }
  return { hex: encoding.toString('hex') };
}

function decode(encoding: string, content: Buffer): string {
  return new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(content);
}
