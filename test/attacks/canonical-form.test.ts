/** Attacks on the form of a token: encodings, JSON and sizes that two parsers could read differently. */
import { TestClock } from '../support/resource-server-clock.js';
import { expectTokenAccepted, expectTokenRefused } from '../support/resource-server-refusal.js';
import { PLATFORMS, ResourceServer } from '../support/resource-server.js';
import {
  createSigningKey,
  encodeSegment,
  signSegments,
  signWith,
  TokenForge,
} from '../support/token-forge.js';

const ISSUER = 'https://as.example';
const AUDIENCE = 'https://orders.example';
const MEGABYTE = 1024 * 1024;
const clock = new TestClock();
const forge = new TokenForge(ISSUER, AUDIENCE, createSigningKey('ES256', 'ec-1'), clock);
const signer = signWith(forge.key);
const header = encodeSegment(forge.header());
const payload = encodeSegment(forge.claims());
const good = signSegments(header, payload, signer);
const signature = good.slice(good.lastIndexOf('.') + 1);

describe.each(PLATFORMS)('a token in another form than the canonical one, on %s', (platform) => {
  let server: ResourceServer;

  beforeAll(async () => {
    server = await ResourceServer.start(platform, {
      trusts: [{ issuer: ISSUER, audience: AUDIENCE, jwks: { keys: [forge.key.jwk] } }],
      clock: clock.nowMs,
      maxHeaderSize: 2 * MEGABYTE,
    });
  });

  afterAll(() => server.stop());

  it('accepts the canonical form, before and after all the others were refused', async () => {
    await expectTokenAccepted(server, good);
    await expectTokenRefused(server, `${good}==`, 'canonical', 'not_base64url');
    await expectTokenAccepted(server, good);
  });

  it.each([
    ['the header alone', header],
    ['header and payload', `${header}.${payload}`],
    ['an empty signature', `${header}.${payload}.`],
    ['an empty payload', signSegments(header, '', signer)],
    ['an empty header', signSegments('', payload, signer)],
    ['nothing but dots', '..'],
    ['a fourth segment', `${good}.${signature}`],
    ['an empty fourth segment', `${good}.`],
    ['six segments', `${good}.${good}`],
  ])('refuses a token that is not three segments: %s', async (_form, token) => {
    await expectTokenRefused(server, token, 'canonical', 'not_a_jws');
  });

  it.each([
    ['the segments of a JWE', `${header}.${payload}.${payload}.${payload}.${signature}`],
    ['five empty segments', '....'],
    ['a good token with two more', `${good}.${payload}.${signature}`],
  ])('refuses five segments before it decodes any: %s', async (_form, token) => {
    await expectTokenRefused(server, token, 'canonical', 'encrypted_token');
  });

  it('refuses each of the 15 other spellings that the spare bits of a signature allow', async () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const last = alphabet.indexOf(good.slice(-1));
    for (let bits = 1; bits < 16; bits += 1) {
      const token = good.slice(0, -1) + alphabet.charAt(last ^ bits);
      // Node's own decoder sees no difference: the rule is ours.
      expect(Buffer.from(token.split('.')[2] ?? '', 'base64url')).toEqual(
        Buffer.from(signature, 'base64url'),
      );
      await expectTokenRefused(server, token, 'canonical', 'not_base64url');
    }
  });

  it.each([
    ['signature with padding', `${good}==`],
    ['signature with half its padding', `${good}=`],
    ['signature in standard base64', inStandardBase64()],
    ['header with spare bits', signSegments(withSpareBits(forge.header()), payload, signer)],
    ['payload with spare bits', signSegments(header, withSpareBits(forge.claims()), signer)],
    ['payload with a lone last character', signSegments(header, oneMore(payload), signer)],
    ['payload in standard base64', signSegments(header, standardPayload(), signer)],
  ])(
    'refuses base64url that is not canonical, though properly signed: %s',
    async (_form, token) => {
      await expectTokenRefused(server, token, 'canonical', 'not_base64url');
    },
  );

  const object = JSON.stringify(forge.claims());
  const notObjects: readonly [string, string | Buffer][] = [
    ['[]', '[]'],
    ['null', 'null'],
    ['"x"', '"x"'],
    ['true', 'true'],
    ['1', '1'],
    ['an object in an array', `[${object}]`],
    ['white space', ' '],
    ['a byte order mark before it', `\uFEFF${object}`],
    ['a second object behind it', `${object}{}`],
    ['a trailing comma', object.replace(/}$/, ',}')],
    ['a comment', object.replace('{', '{/**/')],
    ['a NUL behind it', `${object}\0`],
    ['a control character in a string', object.replace('alice', 'ali\tce')],
    ['NaN as exp', object.replace(/"exp":\d+/, '"exp":NaN')],
    ['single quotes', object.replaceAll('"', "'")],
    ['UTF-16', Buffer.from(object, 'utf16le')],
    ['an object that ends too soon', object.slice(0, -1)],
  ];

  it.each(notObjects)('refuses a payload that is no JSON object: %s', async (_form, text) => {
    const token = forge.forge({ payload: text });
    await expectTokenRefused(server, token, 'canonical', 'not_a_json_object');
  });

  it.each(notObjects.slice(0, 8))(
    'refuses a header that is no JSON object: %s',
    async (_form, text) => {
      const token = forge.forge({ header: text });
      await expectTokenRefused(server, token, 'canonical', 'not_a_json_object');
    },
  );

  it.each([
    ['a byte that is never UTF-8', [0xff]],
    ['an overlong slash', [0xc0, 0xaf]],
    ['an encoded surrogate', [0xed, 0xa0, 0x80]],
    ['a sequence that is cut off', [0xe2, 0x82]],
    ['beyond the last code point', [0xf4, 0x90, 0x80, 0x80]],
  ])('refuses invalid UTF-8 in a string: %s', async (_form, bytes) => {
    const [before = '', after = ''] = object.split('alice');
    const text = Buffer.concat([Buffer.from(before), Buffer.from(bytes), Buffer.from(after)]);
    await expectTokenRefused(server, forge.forge({ payload: text }), 'canonical', 'not_utf8');
  });

  const asAdmin = (member: string): string => object.replace('{', `{${member},`);

  it.each([
    ['a second sub', asAdmin('"sub":"admin"')],
    ['a second sub behind', object.replace(/}$/, ',"sub":"admin"}')],
    ['the same sub twice', asAdmin('"sub":"alice"')],
    ['a second exp', asAdmin('"exp":4102444800')],
    ['a second aud', asAdmin('"aud":"https://other.example"')],
    ['a second sub in escapes', asAdmin(String.raw`"s\u0075b":"admin"`)],
    ['a second scope', asAdmin('"scope":"admin"')],
    ['two members of an object within', asAdmin('"cnf":{"jkt":"a","jkt":"b"}')],
    ['two members of an object in an array', asAdmin('"act":[{"a":1,"a":1}]')],
  ])('refuses claims that are there twice: %s', async (_form, text) => {
    const token = forge.forge({ payload: text });
    await expectTokenRefused(server, token, 'canonical', 'duplicate_member');
  });

  it.each(['"alg":"none"', '"alg":"ES256"', '"kid":"other"', String.raw`"\u0074yp":"JWT"`])(
    'refuses a header with a member twice: %s',
    async (member) => {
      const text = JSON.stringify(forge.header()).replace('{', `{${member},`);
      const token = forge.forge({ header: text });
      await expectTokenRefused(server, token, 'canonical', 'duplicate_member');
    },
  );

  it.each([
    ['in the payload', {}, '"__proto__":{"admin":true}'],
    ['in an object within', {}, '"cnf":{"__proto__":{"jkt":"x"}}'],
    ['in escapes', {}, String.raw`"\u005f_proto__":null`],
  ])('refuses a member __proto__: %s', async (_form, _none, member) => {
    const token = forge.forge({ payload: asAdmin(member) });
    await expectTokenRefused(server, token, 'canonical', 'proto_member');
  });

  it('refuses a member __proto__ in the header', async () => {
    const text = JSON.stringify(forge.header()).replace('{', '{"__proto__":{"b64":true},');
    await expectTokenRefused(server, forge.forge({ header: text }), 'canonical', 'proto_member');
  });

  it('accepts a token of just below 8 KiB and refuses one of just above', async () => {
    await expectTokenAccepted(server, ofLength(8192 - 3));
    await expectTokenRefused(server, ofLength(8192 + 1), 'canonical', 'token_too_long');
  });

  it.each([
    ['64 KiB', 64 * 1024],
    ['1 MiB', MEGABYTE],
  ])('refuses a token of %s by its size, though properly signed', async (_size, length) => {
    await expectTokenRefused(server, ofLength(length), 'canonical', 'token_too_long');
  });
});

/** Sets a bit that the last character of an encoding need not have; blanks make room for one. */
function withSpareBits(part: object): string {
  let text = JSON.stringify(part);
  while (text.length % 3 !== 1) text += ' ';
  const encoded = encodeSegment(text);
  return encoded.slice(0, -1) + String.fromCharCode(encoded.charCodeAt(encoded.length - 1) + 1);
}

/** A length that no encoding has: one character more than a multiple of four. */
function oneMore(segment: string): string {
  let text = segment;
  while (text.length % 4 !== 1) text += 'A';
  return text;
}

function inStandardBase64(): string {
  for (;;) {
    const token = signSegments(header, payload, signer);
    const [, , encoded = ''] = token.split('.');
    // ECDSA signs differently each time: sooner or later both characters are there.
    if (!/-/.test(encoded) || !/_/.test(encoded)) continue;
    return `${header}.${payload}.${encoded.replaceAll('-', '+').replaceAll('_', '/')}`;
  }
}

/** Claims whose encoding has characters that the two alphabets write differently. */
function standardPayload(): string {
  const encoded = encodeSegment(forge.claims({ note: '???>>>~~~' }));
  const standard = encoded.replaceAll('-', '+').replaceAll('_', '/');
  if (standard === encoded) throw new Error('both alphabets write these claims alike');
  return standard;
}

/** A properly signed token whose length is `length`, or up to two more where no token has that. */
function ofLength(length: number): string {
  const empty = forge.forge({ payload: forge.claims({ jti: 'token', note: '' }) }).length;
  const note = 'x'.repeat(Math.ceil(((length - empty) * 3) / 4));
  return forge.forge({ payload: forge.claims({ jti: 'token', note }) });
}
