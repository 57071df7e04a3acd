/** Turns a recipe into the token that it describes. */
import { CLAIMS } from './access-token.fixture.js';
import { hmacBytes, signBytes, type SigningKey } from '../testing/signing-key.js';
import {
  type Edit,
  type EncodingFault,
  type SignatureFault,
  type TextFault,
  type TokenFault,
  type TokenRecipe,
} from './token-recipe.js';

/** The keys that a recipe chooses from: those that the issuer publishes, and one that it does not. */
export interface TokenKeys {
  readonly listed: readonly SigningKey[];
  readonly unlisted: SigningKey;
}

/** The token of `recipe`; its signature is right for its bytes unless the recipe says otherwise. */
export function bakeToken(recipe: TokenRecipe, keys: TokenKeys): string {
  const key = at(keys.listed, recipe.key);
  const header = edited({ alg: key.alg, kid: key.kid, typ: 'at+jwt' }, recipe.header);
  const segments = [
    misencode(spoil(JSON.stringify(header), recipe.headerText), recipe.headerEncoding),
    misencode(
      spoil(JSON.stringify(edited(CLAIMS, recipe.claims)), recipe.claimsText),
      recipe.claimsEncoding,
    ),
  ];
  const input = Buffer.from(segments.join('.'));
  segments.push(signature(recipe, key, keys, input));
  return spoilToken(segments, recipe.token, recipe.position);
}

function edited(good: object, edits: readonly Edit[]): object {
  return Object.assign(
    { ...good },
    ...edits.map(({ name, value }) => ({ [name]: value })),
  ) as object;
}

function spoil(json: string, fault: TextFault): Buffer {
  const first = /^\{"([^"]*)":("[^"]*"|[^,}]*)/.exec(json) ?? ['', 'x', '1'];
  const [, name = '', value = ''] = first;
  const append = (member: string): Buffer => Buffer.from(`${json.slice(0, -1)},${member}}`);
  switch (fault) {
    case 'none':
      return Buffer.from(json);
    case 'whitespace':
      return Buffer.from(` ${json.replaceAll(',"', ' ,\n\t"')}\r\n`);
    case 'duplicate':
      return append(`"${name}":${value}`);
    case 'escaped-duplicate':
      return append(
        `"\\u${name.charCodeAt(0).toString(16).padStart(4, '0')}${name.slice(1)}":${value}`,
      );
    case 'nested-duplicate':
      return append('"in":[{"a":1,"a":2}]');
    case 'proto':
      return append('"__proto__":{"admin":true}');
    case 'nested-proto':
      return append('"in":{"__proto__":1}');
    case 'byte-order-mark':
      return Buffer.from(`\ufeff${json}`);
    case 'invalid-utf8':
      return Buffer.concat([
        append('"in":"').subarray(0, -1),
        Buffer.from([0xff]),
        Buffer.from('"}'),
      ]);
    case 'trailing-text':
      return Buffer.from(`${json}{}`);
    case 'array':
      return Buffer.from(`[${json}]`);
    case 'null':
      return Buffer.from('null');
    case 'string':
      return Buffer.from(JSON.stringify(json));
    case 'padding-member':
      return append(`"in":"${'x'.repeat(8000)}"`);
  }
}

function misencode(bytes: Buffer, fault: EncodingFault): string {
  const text = bytes.toString('base64url');
  switch (fault) {
    case 'none':
      return text;
    case 'padding':
      return bytes.toString('base64').replaceAll('+', '-').replaceAll('/', '_');
    case 'plain-base64':
      return bytes.toString('base64').replaceAll('=', '');
    case 'space':
      return `${text} `;
    case 'line-feed':
      return `${text.slice(0, 4)}\n${text.slice(4)}`;
    case 'spare-bits':
      return withSpareBits(text, bytes);
  }
}

/** The same bytes by another last character, where their number leaves bits to spare. */
function withSpareBits(text: string, bytes: Buffer): string {
  for (const last of 'BCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_') {
    const other = text.slice(0, -1) + last;
    if (other !== text && Buffer.from(other, 'base64url').equals(bytes)) return other;
  }
  return text;
}

function signature(
  { signature: fault, position }: { signature: SignatureFault; position: number },
  key: SigningKey,
  { listed, unlisted }: TokenKeys,
  input: Buffer,
): string {
  const good = signBytes(key, input);
  switch (fault) {
    case 'empty':
      return '';
    case 'other-key':
      return signBytes(at(listed, position), input).toString('base64url');
    case 'unlisted-key':
      return signBytes(unlisted, input).toString('base64url');
    case 'hmac-of-public-pem':
      return hmacBytes(
        key.publicKey.export({ type: 'spki', format: 'pem' }) as string,
        input,
      ).toString('base64url');
    case 'zeros':
      return Buffer.alloc(good.length).toString('base64url');
    case 'truncated':
      return good.subarray(0, position % good.length).toString('base64url');
    case 'extended':
      return Buffer.concat([good, Buffer.alloc(1)]).toString('base64url');
    case 'flipped-bit':
      return flipped(good, position).toString('base64url');
    case 'none':
    case 'padding':
    case 'spare-bits':
    case 'plain-base64':
    case 'space':
    case 'line-feed':
      return misencode(good, fault);
  }
}

function flipped(bytes: Buffer, position: number): Buffer {
  const copy = Buffer.from(bytes);
  const index = position % copy.length;
  copy.writeUInt8(copy.readUInt8(index) ^ (1 << (position % 8)), index);
  return copy;
}

function spoilToken(segments: readonly string[], fault: TokenFault, position: number): string {
  const token = segments.join('.');
  switch (fault) {
    case 'none':
      return token;
    case 'swapped-segments':
      return [segments[1], segments[0], segments[2]].join('.');
    case 'extra-segment':
      return `${token}.${segments[2] ?? ''}`;
    case 'five-segments':
      return `${token}.a.b`;
    case 'missing-segment':
      return segments.filter((_, i) => i !== position % 3).join('.');
    case 'changed-byte': {
      const index = position % token.length;
      const other = String.fromCharCode((position >> 8) & 0x7f);
      return token.slice(0, index) + other + token.slice(index + 1);
    }
  }
}

function at<T>(list: readonly T[], index: number): T {
  const item = list[index % list.length];
  if (item === undefined) throw new Error('an empty list');
  return item;
}
