/** What auth-service reads before it asks anyone: refresh tokens, forms and cookies. */
import fc from 'fast-check';
import { InvalidRequestError } from '@keyward/oauth';
import { builtModule } from '../built.module.js';
import { type FuzzTarget, fuzzTarget, Violation } from '../fuzz.target.js';
import { mostly, mutate, type Mutation, seldomMutation } from '../hostile.text.js';

type CodecInput =
  | { readonly generation: number; readonly refreshToken: Mutation | null }
  | { readonly form: string }
  | { readonly cookie: string };

interface Content {
  readonly handle: Buffer;
  readonly generation: number;
}

interface Codec {
  encode(content: Content): string;
  decode(text: string): Content | null;
}

interface CodecModules {
  readonly RefreshTokenCodec: new (keys: object) => Codec;
  readonly RefreshTokenKeys: new (keys: ReadonlyMap<number, Buffer>) => object;
  readonly FormParameters: { parse(body: string): { all(name: string): readonly string[] } };
  readonly readCookie: (request: object, cookie: object) => string | null;
}

const pair = fc
  .tuple(
    mostly(fc.constantFrom('a', 'b', 'scope', 'a%20b')),
    mostly(fc.constantFrom('1', '%2B', 'x+y')),
  )
  .map(([name, value]) => `${name}=${value}`);
const cookie = fc
  .tuple(
    mostly(fc.constantFrom('name', '__Host-name', 'NAME')),
    mostly(fc.constantFrom('abc', '"a"', '')),
  )
  .map(([name, value]) => `${name}=${value}`);

const INPUTS: fc.Arbitrary<CodecInput> = fc.oneof(
  fc.record({
    generation: fc.oneof(fc.nat(10), fc.constantFrom(0xffff_ffff, 0x8000_0000)),
    refreshToken: seldomMutation,
  }),
  fc.record({ form: fc.array(pair, { maxLength: 5 }).map((pairs) => pairs.join('&')) }),
  fc.record({ cookie: fc.array(cookie, { maxLength: 4 }).map((pairs) => pairs.join('; ')) }),
);

export const codecTarget: FuzzTarget = fuzzTarget<CodecInput>({
  name: 'codec',
  share: 15,
  parallel: 1,
  async open() {
    const modules = (await Promise.all([
      builtModule('auth-service', 'refresh-token/refresh-token.codec.js'),
      builtModule('auth-service', 'refresh-token/refresh-token.keys.js'),
      builtModule('auth-service', 'http/form.parser.js'),
      builtModule('auth-service', 'http/cookie.js'),
    ])) as Partial<CodecModules>[];
    const { RefreshTokenCodec, RefreshTokenKeys, FormParameters, readCookie } = Object.assign(
      {},
      ...modules,
    ) as CodecModules;
    const codec = new RefreshTokenCodec(new RefreshTokenKeys(new Map([[1, Buffer.alloc(32, 1)]])));
    const handle = Buffer.alloc(16, 2);
    return {
      inputs: INPUTS,
      check(input: CodecInput) {
        if ('form' in input) return checkForm(FormParameters, input.form);
        if ('cookie' in input) {
          const name = { name: '__Host-name', attributes: '' };
          const value = readCookie({ headers: { cookie: input.cookie } }, name);
          if (value !== null && !input.cookie.includes(`__Host-name=${value}`)) {
            throw new Violation('a cookie that was not sent');
          }
          return value === null ? 'no cookie' : 'a cookie';
        }
        const { generation, refreshToken: how } = input;
        const token = codec.encode({ handle, generation });
        const text = how === null ? token : mutate(token, how);
        const content = codec.decode(text);
        if ((content !== null) !== (text === token)) throw new Violation('a text of another token');
        return content === null ? 'forged' : 'authentic';
      },
      close: () => Promise.resolve(),
    };
  },
});

/** Where it is not refused, it is read as the WHATWG's parser reads it. */
function checkForm(parser: CodecModules['FormParameters'], form: string): string {
  let parameters;
  try {
    parameters = parser.parse(form);
  } catch (error) {
    if (error instanceof InvalidRequestError) return 'not a form';
    throw error;
  }
  // The ampersand keeps it from taking a leading question mark off, which a body does not have.
  for (const name of ['a', 'b', 'scope', 'a b', '__proto__']) {
    const [ours, theirs] = [parameters.all(name), new URLSearchParams(`&${form}`).getAll(name)];
    // Octets above 127 that are not encoded stand for themselves here; the endpoint's body is UTF-8.
    if (/^[\0-\x7f]*$/.test(form) && JSON.stringify(ours) !== JSON.stringify(theirs)) {
      throw new Violation(
        `read as ${JSON.stringify(ours)}, elsewhere as ${JSON.stringify(theirs)}`,
      );
    }
  }
  return 'a form';
}
