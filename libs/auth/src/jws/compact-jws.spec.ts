/** Every rule by which a text is, or is not, a compact JWS. */
import fc from 'fast-check';
import { type RefusedTokenError } from '../access-token/refusal.js';
import { parseCompactJws } from './compact-jws.js';

const encode = (text: string): string => Buffer.from(text).toString('base64url');
const HEADER = encode('{"alg":"ES256"}');
const PAYLOAD = encode('{"iss":"https://as.example"}');
const SIGNATURE = Buffer.alloc(64, 1).toString('base64url');

const withHeader = (text: string): string => `${encode(text)}.${PAYLOAD}.${SIGNATURE}`;
const withPayload = (text: string): string => `${HEADER}.${encode(text)}.${SIGNATURE}`;

function reasonOf(token: string): string {
  try {
    parseCompactJws(token);
    return 'accepted';
  } catch (error) {
    const { stage, reason } = error as RefusedTokenError;
    return `${stage}: ${reason}`;
  }
}

describe('parseCompactJws', () => {
  it('takes a token apart and keeps the signed bytes as they stood', () => {
    const token = `${HEADER}.${PAYLOAD}.${SIGNATURE}`;
    expect(parseCompactJws(token)).toEqual({
      header: { alg: 'ES256' },
      payload: { iss: 'https://as.example' },
      signature: Buffer.alloc(64, 1),
      signingInput: Buffer.from(`${HEADER}.${PAYLOAD}`),
    });
  });

  it.each([
    ['no text', '', 'not_a_jws'],
    ['a word', 'token', 'not_a_jws'],
    ['two segments', `${HEADER}.${PAYLOAD}`, 'not_a_jws'],
    ['four segments', `${HEADER}.${PAYLOAD}.${SIGNATURE}.${SIGNATURE}`, 'not_a_jws'],
    ['a trailing dot', `${HEADER}.${PAYLOAD}.${SIGNATURE}.`, 'not_a_jws'],
    ['six segments', 'a.b.c.d.e.f', 'not_a_jws'],
    ['five segments: a JWE', `${HEADER}.k.iv.text.tag`, 'encrypted_token'],
    ['five segments before anything is decoded', '!.!.!.!.!', 'encrypted_token'],
    ['five empty segments', '....', 'encrypted_token'],
    ['an empty header', `.${PAYLOAD}.${SIGNATURE}`, 'not_a_jws'],
    ['an empty payload: detached', `${HEADER}..${SIGNATURE}`, 'not_a_jws'],
    ['an empty signature', `${HEADER}.${PAYLOAD}.`, 'not_a_jws'],
    ['two dots alone', '..', 'not_a_jws'],
    ['a padded header', `${encode('{"alg":"x"}')}=.${PAYLOAD}.${SIGNATURE}`, 'not_base64url'],
    ['a padded signature', `${HEADER}.${PAYLOAD}.${SIGNATURE}==`, 'not_base64url'],
    ['a signature in plain base64', `${HEADER}.${PAYLOAD}.ab+/`, 'not_base64url'],
    [
      'spare bits in the signature',
      `${HEADER}.${PAYLOAD}.${SIGNATURE.slice(0, -1)}R`,
      'not_base64url',
    ],
    ['spare bits in the payload', `${HEADER}.e31.${SIGNATURE}`, 'not_base64url'],
    ['a leading space', ` ${HEADER}.${PAYLOAD}.${SIGNATURE}`, 'not_base64url'],
    ['a trailing line feed', `${HEADER}.${PAYLOAD}.${SIGNATURE}\n`, 'not_base64url'],
    [
      'whitespace inside',
      `${HEADER}.${PAYLOAD.slice(0, 4)}\r\n${PAYLOAD.slice(4)}.${SIGNATURE}`,
      'not_base64url',
    ],
    ['a header that is an array', withHeader('[]'), 'not_a_json_object'],
    ['a header that is not JSON', withHeader('alg'), 'not_a_json_object'],
    ['a payload that is an array', withPayload('[]'), 'not_a_json_object'],
    ['a payload that is null', withPayload('null'), 'not_a_json_object'],
    ['a payload that is a string', withPayload('"x"'), 'not_a_json_object'],
    ['a byte order mark in the payload', withPayload('\ufeff{}'), 'not_a_json_object'],
    ['an algorithm named twice', withHeader('{"alg":"none","alg":"ES256"}'), 'duplicate_member'],
    [
      'an algorithm named twice by an escape',
      withHeader('{"alg":"none","\\u0061lg":"ES256"}'),
      'duplicate_member',
    ],
    ['a claim named twice', withPayload('{"sub":"a","sub":"b"}'), 'duplicate_member'],
    [
      'a claim named twice further in',
      withPayload('{"cnf":{"jkt":"a","jkt":"b"}}'),
      'duplicate_member',
    ],
    ['__proto__ in the header', withHeader('{"__proto__":{"alg":"ES256"}}'), 'proto_member'],
    ['__proto__ in the payload', withPayload('{"a":[{"__proto__":{}}]}'), 'proto_member'],
    [
      'an unknown critical extension',
      withHeader('{"alg":"ES256","crit":["x"],"x":1}'),
      'critical_header',
    ],
    ['an empty crit', withHeader('{"alg":"ES256","crit":[]}'), 'critical_header'],
    ['a crit that is no array', withHeader('{"alg":"ES256","crit":"exp"}'), 'critical_header'],
    ['a crit that is null', withHeader('{"alg":"ES256","crit":null}'), 'critical_header'],
    ['a critical b64', withHeader('{"alg":"ES256","crit":["b64"],"b64":true}'), 'critical_header'],
    ['b64 false', withHeader('{"alg":"ES256","b64":false}'), 'unencoded_payload'],
    ['b64 true', withHeader('{"alg":"ES256","b64":true}'), 'unencoded_payload'],
  ])('refuses %s', (_, token, reason) => {
    expect(reasonOf(token)).toBe(`canonical: ${reason}`);
  });

  it('refuses invalid UTF-8 in either part', () => {
    const broken = Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]).toString('base64url');
    expect(reasonOf(`${broken}.${PAYLOAD}.${SIGNATURE}`)).toBe('canonical: not_utf8');
    expect(reasonOf(`${HEADER}.${broken}.${SIGNATURE}`)).toBe('canonical: not_utf8');
  });

  it('answers any text at all with a token or a canonical refusal', () => {
    const segment = fc.oneof(
      fc.base64String(),
      fc.string({ unit: 'binary' }),
      fc.json().map(encode),
    );
    fc.assert(
      fc.property(fc.array(segment, { maxLength: 6 }), (segments) => {
        expect(reasonOf(segments.join('.'))).toMatch(/^(accepted|canonical: [a-z0-9_]+)$/);
      }),
    );
  });

  it('accepts exactly one text for each header, payload and signature', () => {
    // `__proto__` has a rule of its own.
    const value = fc.jsonValue().filter((json) => !JSON.stringify(json).includes('"__proto__"'));
    const object = fc.dictionary(fc.constantFrom('a', 'b', 'sub'), value);
    fc.assert(
      fc.property(object, object, fc.uint8Array({ minLength: 1 }), (header, payload, signature) => {
        const token = [JSON.stringify(header), JSON.stringify(payload), signature]
          .map((part) => Buffer.from(part as string).toString('base64url'))
          .join('.');
        const parsed = parseCompactJws(token);
        expect(`${parsed.signingInput.toString()}.${parsed.signature.toString('base64url')}`).toBe(
          token,
        );
      }),
    );
  });
});
