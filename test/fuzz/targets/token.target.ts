/** The token parser and verifier: whatever it accepts jose accepts, and nothing but a refusal is thrown. */
import fc from 'fast-check';
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import {
  AccessTokenVerifier,
  createTrusts,
  KeysUnavailableError,
  RefusedTokenError,
} from '@keyward/auth';
import { type FuzzTarget, fuzzTarget, Violation } from '../fuzz.target.js';
import { hostileText, mutate, type Mutation, oddJson, seldomMutation } from '../hostile.text.js';
import { SigningKeys } from '../signing.keys.js';

const ISSUER = 'https://as.example';
const AUDIENCE = 'https://orders.example';
const NOW = 1_800_000_000;
const ALGORITHMS = ['ES256', 'RS256', 'PS256', 'EdDSA'] as const;

type Member = readonly [name: string, value: unknown];

/** A token that is right but for what is said here, or a text that never was one. */
type TokenInput =
  | { readonly raw: string }
  | {
      readonly key: number;
      readonly header: readonly Member[];
      readonly claims: readonly Member[];
      /** Of the JSON, before it is signed: the signature is right for it. */
      readonly headerText: Mutation | null;
      readonly claimsText: Mutation | null;
      readonly token: Mutation | null;
      /** Which key signs, where that is not the one that the header names. */
      readonly signer: number | null;
    };

const HEADER = [
  'alg',
  'typ',
  'kid',
  'crit',
  'b64',
  'jwk',
  'jku',
  'x5c',
  'x5u',
  'cty',
  'zip',
  'enc',
];
const CLAIMS = [
  'iss',
  'sub',
  'aud',
  'exp',
  'nbf',
  'iat',
  'jti',
  'client_id',
  'scope',
  'cnf',
  'act',
];
const GOOD = [
  'none',
  'HS256',
  ...ALGORITHMS,
  'at+jwt',
  'JWT',
  'application/at+jwt',
  ISSUER,
  AUDIENCE,
];

function few(names: readonly string[]): fc.Arbitrary<readonly Member[]> {
  const value = fc.oneof(oddJson, fc.constantFrom<unknown[]>(...GOOD, NOW, NOW + 300, NOW - 300));
  const member = fc.tuple(fc.oneof(fc.constantFrom(...names), hostileText), value);
  return fc.oneof(
    { weight: 2, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(member, { minLength: 1, maxLength: 3 }) },
  );
}

const INPUTS: fc.Arbitrary<TokenInput> = fc.oneof(
  { weight: 1, arbitrary: fc.record({ raw: hostileText }) },
  {
    weight: 1,
    arbitrary: fc
      .array(fc.oneof(hostileText, fc.base64String({ maxLength: 40 })), { maxLength: 6 })
      .map((segments) => ({ raw: segments.join('.') })),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      key: fc.nat(ALGORITHMS.length - 1),
      header: few(HEADER),
      claims: few(CLAIMS),
      headerText: seldomMutation,
      claimsText: seldomMutation,
      token: seldomMutation,
      signer: fc.oneof(
        { weight: 5, arbitrary: fc.constant(null) },
        { weight: 1, arbitrary: fc.nat(ALGORITHMS.length - 1) },
      ),
    }),
  },
);

export const tokenTarget: FuzzTarget = fuzzTarget<TokenInput>({
  name: 'token',
  share: 25,
  parallel: 1,
  open() {
    const keys = new SigningKeys(ALGORITHMS);
    const jwks = createLocalJWKSet({ keys: keys.publicJwks } as JSONWebKeySet);
    const clock = () => NOW * 1000;
    const observer = { keysFetched: () => undefined, keysFetchFailed: () => undefined };
    const trust = { issuer: ISSUER, audience: AUDIENCE, algorithms: [...ALGORITHMS] };
    const trusts = createTrusts(
      [{ ...trust, jwks: { keys: keys.publicJwks } } as Parameters<typeof createTrusts>[0][0]],
      observer,
      clock,
    );
    const verifier = new AccessTokenVerifier(trusts, { maxCachedTokens: 100 }, clock);
    return Promise.resolve({
      inputs: INPUTS,
      async check(input: TokenInput) {
        const token = 'raw' in input ? input.raw : tokenOf(input, keys);
        try {
          await verifier.verify(token);
        } catch (error) {
          if (error instanceof RefusedTokenError || error instanceof KeysUnavailableError) {
            return `${error.stage}: ${error.reason}`;
          }
          throw error;
        }
        await jwtVerify(token, jwks, {
          ...{ algorithms: [...ALGORITHMS], issuer: ISSUER, audience: AUDIENCE, typ: 'at+jwt' },
          currentDate: new Date(NOW * 1000),
          clockTolerance: 5,
        }).catch((error: unknown) => {
          throw new Violation(`accepted, but by jose refused: ${String(error)}`);
        });
        return 'accepted';
      },
      close: () => Promise.resolve(),
    });
  },
});

function tokenOf(input: Exclude<TokenInput, { raw: string }>, keys: SigningKeys): string {
  const { alg, kid } = keys.at(input.key);
  const header = { alg, kid, typ: 'at+jwt' };
  const claims = {
    ...{ iss: ISSUER, sub: 'alice', aud: AUDIENCE, exp: NOW + 300, iat: NOW },
    ...{ jti: 'token-1', client_id: 'shop', scope: 'orders:read' },
  };
  const segments = [
    segment(header, input.header, input.headerText),
    segment(claims, input.claims, input.claimsText),
  ].join('.');
  const token = `${segments}.${keys.at(input.signer ?? input.key).sign(segments)}`;
  return input.token === null ? token : mutate(token, input.token);
}

/** Without Object.assign, which would not write `__proto__`. */
function segment(good: object, members: readonly Member[], how: Mutation | null): string {
  const named = new Map<string, unknown>([...Object.entries(good), ...members]);
  const json = [...named].map(([k, value]) => `${JSON.stringify(k)}:${JSON.stringify(value)}`);
  const bytes = Buffer.from(`{${json.join(',')}}`, 'utf8').toString('latin1');
  return Buffer.from(how === null ? bytes : mutate(bytes, how), 'latin1').toString('base64url');
}
