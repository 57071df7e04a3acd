/** Reads DER (X.690 section 10) as far as the names in a certificate need it. */

/** One value: its tag octet, its content, and the whole of it. */
export interface DerValue {
  readonly tag: number;
  readonly content: Buffer;
  readonly encoding: Buffer;
}

/** Tags that names are made of (X.690 section 8, RFC 5280 section 4.1). */
export const DER_TAGS = {
  octetString: 0x04,
  objectIdentifier: 0x06,
  sequence: 0x30,
  set: 0x31,
} as const;

/** Bytes that are not what a certificate has in this place. */
export class DerError extends Error {
  override readonly name = 'DerError';
}

/**
 * The values that a content is made of.
 * @throws DerError for lengths that are indefinite, not minimal or beyond the end, and for tags of
 *   several octets
 */
export function readDer(content: Buffer): readonly DerValue[] {
  const values: DerValue[] = [];
  for (let offset = 0; offset < content.length;) {
    const value = readOne(content, offset);
    values.push(value);
    offset += value.encoding.length;
  }
  return values;
}

/** The values within a constructed one, which must have this tag. */
export function readWithin(value: DerValue | undefined, tag: number): readonly DerValue[] {
  return readDer(contentOf(value, tag));
}

/** The content of a value that must have this tag. */
export function contentOf(value: DerValue | undefined, tag: number): Buffer {
  if (value?.tag !== tag) throw new DerError(`expected the tag ${tag}`);
  return value.content;
}

/** An object identifier in dotted form (X.690 section 8.19). */
export function readObjectIdentifier(value: DerValue | undefined): string {
  const content = contentOf(value, DER_TAGS.objectIdentifier);
  const arcs: bigint[] = [];
  let arc = 0n;
  for (const [index, octet] of content.entries()) {
    if (arc === 0n && octet === 0x80) throw new DerError('an arc with a leading zero');
    arc = (arc << 7n) | BigInt(octet & 0x7f);
    if ((octet & 0x80) !== 0) {
      if (index === content.length - 1) throw new DerError('an arc without end');
      continue;
    }
    arcs.push(arc);
    arc = 0n;
  }
  const [first, ...others] = arcs;
  if (first === undefined) throw new DerError('an object identifier without arcs');
  const root = first < 80n ? first / 40n : 2n;
  return [root, first - root * 40n, ...others].join('.');
}

function readOne(content: Buffer, offset: number): DerValue {
  const tag = content[offset];
  const first = content[offset + 1];
  if (tag === undefined || first === undefined) throw new DerError('a value without end');
  if ((tag & 0x1f) === 0x1f) throw new DerError('a tag of several octets');
  const [length, headerLength] = readLength(content, offset + 1, first);
  const start = offset + 1 + headerLength;
  const end = start + length;
  if (end > content.length) throw new DerError('a length beyond the end');
  return {
    tag,
    content: content.subarray(start, end),
    encoding: content.subarray(offset, end),
  };
}

function readLength(content: Buffer, offset: number, first: number): [number, number] {
  if (first < 0x80) return [first, 1];
  const octets = first & 0x7f;
  if (octets < 1 || octets > 4 || offset + 1 + octets > content.length) {
    throw new DerError('a length that is indefinite or too long');
  }
  const length = content.readUIntBE(offset + 1, octets);
  if (length < 0x80 || length < 2 ** (8 * (octets - 1))) {
    throw new DerError('a length that is not minimal');
  }
  return [length, 1 + octets];
}
