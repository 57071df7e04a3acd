/** What a refusal may show: enough for the operator, nothing that a log could be forged or robbed with. */
import fc from 'fast-check';
import { forgeToken, trustIn, verifierOf } from '../spec-support/access-token.fixture.js';
import { bakeToken } from '../spec-support/bake-token.js';
import { generateSigningKey } from '../testing/signing-key.js';
import { tokenRecipe } from '../spec-support/token-recipe.js';
import { KeysUnavailableError, RefusedTokenError, shown } from './refusal.js';

describe('shown', () => {
  it('writes any text as one short quoted string of printable ASCII', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        expect(shown(text)).toMatch(/^"[\x20-\x7e]*"$/);
        expect(shown(text).length).toBeLessThan(64 * 6 + 20);
      }),
    );
  });

  it.each([
    ['a line feed', 'a\nb'],
    ['an escape sequence', '\u001b[2J'],
    ['a control character of the upper range', '\u009b2J'],
    ['delete', '\u007f'],
    ['a line separator', 'a\u2028b'],
    ['a right-to-left override', '\u202etxt.exe'],
    ['half a surrogate pair', '\ud83d'],
  ])('escapes %s', (_, text) => {
    expect(shown(text)).toMatch(/^"[\x20-\x7e]+"$/);
  });

  it('names the type of what is no string, and not its content', () => {
    expect([null, undefined, 1, {}, ['secret']].map(shown)).toEqual([
      '"(null)"',
      '"(undefined)"',
      '"(number)"',
      '"(object)"',
      '"(object)"',
    ]);
  });
});

describe('a refusal', () => {
  it('has no part of the token in it', async () => {
    const listed = [generateSigningKey('ES256'), generateSigningKey('EdDSA')];
    const unlisted = generateSigningKey('ES256', 'unlisted');
    const verifier = verifierOf([trustIn(listed)]);
    await fc.assert(
      fc.asyncProperty(tokenRecipe(2), async (recipe) => {
        const token = bakeToken(recipe, { listed, unlisted });
        const error: unknown = await Promise.resolve()
          .then(() => verifier.verify(token))
          .catch((reason: unknown) => reason);
        if (!(error instanceof RefusedTokenError)) return;
        const text = `${JSON.stringify(error)} ${error.message}`;
        for (const segment of token.split('.').filter(({ length }) => length > 8)) {
          expect(text).not.toContain(segment);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('says stage, rule and detail in its message', () => {
    expect(new RefusedTokenError('claims', 'expired').message).toBe('claims: expired');
    expect(new RefusedTokenError('key', 'key_unknown', '"x"').message).toBe(
      'key: key_unknown ("x")',
    );
    expect(new KeysUnavailableError('https://as.example', 'down', 2)).toMatchObject({
      stage: 'key',
      reason: 'keys_unavailable',
      retryAfterSeconds: 2,
    });
  });

  it('shows what was expected and what came', () => {
    const key = generateSigningKey('ES256');
    const verifier = verifierOf([
      trustIn([key], { audience: ['https://a.example', 'https://b.example'] }),
    ]);
    expect(() => verifier.verify(forgeToken(key))).toThrow(
      'claims: audience ("https://orders.example" instead of https://a.example, https://b.example)',
    );
  });
});
