/** Attacks by the form of a token: spellings that two parsers read differently, and no signatures. */
import { type HostileToken } from './hostile-token.js';
import {
  encodeSegment,
  signSegments,
  signWith,
  type TokenSegment,
  type TokenSource,
} from './token-forge.js';

function spelled(what: string, spell: (issuer: TokenSource) => string): HostileToken {
  return { what, forge: spell };
}

/** A properly signed token whose payload is not the usual one. */
function paid(what: string, payload: (claims: string) => TokenSegment): HostileToken {
  return spelled(what, (issuer) =>
    issuer.forge({ payload: payload(JSON.stringify(issuer.claims())) }),
  );
}

/** A properly signed token but for its last segment. */
function signed(what: string, signature: (right: Buffer) => Uint8Array): HostileToken {
  return spelled(what, (issuer) => {
    const right = signWith(issuer.key);
    return issuer.forge({ signer: (input) => signature(Buffer.from(right(input))) });
  });
}

/** @see RFC 7515 section 2, RFC 8725 section 3.11, RFC 4648 section 3.5 */
export const HOSTILE_FORMS = {
  twoSegments: spelled('of two segments', (issuer) =>
    issuer.forge().split('.').slice(0, 2).join('.'),
  ),
  fourSegments: spelled('of four segments', (issuer) => `${issuer.forge()}.AAAA`),
  fiveSegments: spelled('of five segments', (issuer) => `${issuer.forge()}.AAAA.AAAA`),
  padded: spelled('with padding behind its signature', (issuer) => `${issuer.forge()}==`),
  spareBits: spelled('with bits to spare in its payload', (issuer) => {
    const payload = withSpareBits(JSON.stringify(issuer.claims()));
    return signSegments(encodeSegment(issuer.header()), payload, signWith(issuer.key));
  }),
  exchangedClaims: spelled('whose claims were exchanged', (issuer) => {
    const [header, , signature] = issuer.forge().split('.');
    return [header, encodeSegment(issuer.claims({ sub: 'admin' })), signature].join('.');
  }),
  duplicateClaim: paid('with a claim twice', (claims) => claims.replace('{', '{"sub":"admin",')),
  escapedDuplicate: paid('with a claim twice, once in escapes', (claims) =>
    claims.replace('{', String.raw`{"s\u0075b":"admin",`),
  ),
  duplicateHeader: spelled('with a header member twice', (issuer) =>
    issuer.forge({ header: JSON.stringify(issuer.header()).replace('{', '{"alg":"none",') }),
  ),
  prototype: paid('with a member __proto__', (claims) =>
    claims.replace('{', '{"__proto__":{"scope":"admin"},'),
  ),
  byteOrderMark: paid('with a byte order mark', (claims) => `\ufeff${claims}`),
  list: paid('whose payload is a list', (claims) => `[${claims}]`),
  invalidUtf8: paid('that is not UTF-8', (claims) =>
    Buffer.concat([
      Buffer.from(`${claims.slice(0, -1)},"note":"`),
      Buffer.of(0xff),
      Buffer.from('"}'),
    ]),
  ),
  emptySignature: signed('with an empty signature', () => new Uint8Array()),
  zeroSignature: signed('with a signature of zeros', (right) => Buffer.alloc(right.length)),
  shortSignature: signed('with a signature that is cut', (right) => right.subarray(1)),
  longSignature: signed('with a signature and a byte more', (right) =>
    Buffer.concat([right, Buffer.of(0)]),
  ),
  flippedSignature: signed('with a signature of which one bit is flipped', (right) => {
    const flipped = Buffer.from(right);
    flipped.writeUInt8(flipped.readUInt8(0) ^ 1, 0);
    return flipped;
  }),
} satisfies Record<string, HostileToken>;

/** Sets a bit that the last character of an encoding does not need; blanks make room for one. */
function withSpareBits(json: string): string {
  let text = json;
  while (text.length % 3 !== 1) text += ' ';
  const encoded = encodeSegment(text);
  return encoded.slice(0, -1) + String.fromCharCode(encoded.charCodeAt(encoded.length - 1) + 1);
}
