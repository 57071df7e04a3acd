/** Presets against the tokens of each provider, in the shapes that its documentation shows. */
import {
  CLAIMS,
  forgeToken,
  NOW,
  outcomeOf,
  verifierOf,
} from '../spec-support/access-token.fixture.js';
import { FixedKeySource } from '../jwks/fixed-key-source.js';
import { PROVIDERS, type ProviderCase } from '../spec-support/provider-tokens.js';
import { generateSigningKey } from '../testing/signing-key.js';
import { without } from '../spec-support/without.js';
import { entraId, keyward } from './presets.js';
import { Trust } from './trust.js';
import { type TrustOptions } from './trust.options.js';

const KEYS = { RS256: generateSigningKey('RS256', 'k'), ES256: generateSigningKey('ES256', 'k') };

/** The preset with its keys given, since no test can ask the provider for them. */
function trustOf({ preset }: ProviderCase): TrustOptions {
  const rules = without(preset, 'jwksUri', 'jwks', 'insecureHttp', 'jwksOptions', 'secret');
  const keys = rules.algorithms?.map((alg) => KEYS[alg as 'RS256' | 'ES256'].publicJwk) ?? [];
  return { ...rules, jwks: { keys } };
}

function tokenOf({ preset }: ProviderCase, typ: string | undefined, payload: object): string {
  const key = KEYS[(preset.algorithms?.[0] ?? 'ES256') as 'RS256' | 'ES256'];
  return forgeToken(key, { header: { alg: key.alg, kid: 'k', typ }, payload });
}

describe.each(PROVIDERS)('the preset of $name', (provider) => {
  const verifier = verifierOf([trustOf(provider)]);

  it.each(provider.accessTokens)('accepts $title', async ({ typ, claims, principal }) => {
    const token = tokenOf(provider, typ, claims);
    expect(await outcomeOf(verifier, token)).toBe('accepted');
    expect(await verifier.verify(token)).toMatchObject(principal);
  });

  it.each(provider.otherTokens)('refuses $title', async ({ typ, claims, outcome }) => {
    expect(await outcomeOf(verifier, tokenOf(provider, typ, claims))).toBe(outcome);
  });

  it('refuses its access token for another audience, and once it is late', async () => {
    const [first] = provider.accessTokens;
    const claims = { ...first?.claims };
    const audience = { [provider.preset.audienceClaim ?? 'aud']: 'https://other.example' };
    const token = tokenOf(provider, first?.typ, { ...claims, ...audience });
    expect(await outcomeOf(verifier, token)).toBe('claims: audience');
    const late = tokenOf(provider, first?.typ, { ...claims, exp: NOW - 60 });
    expect(await outcomeOf(verifier, late)).toBe('claims: expired');
  });

  it('asks for keys over https at the host of the issuer', () => {
    const { issuer, jwksUri } = provider.preset;
    expect(new URL(jwksUri ?? issuer).origin).toBe(new URL(issuer).origin);
    expect(issuer).toMatch(/^https:/);
  });
});

describe('entraId', () => {
  it.each(['common', 'organizations', 'consumers', '', 'contoso.onmicrosoft.com', '../x'])(
    'refuses the tenant %p, which is not one directory',
    (tenant) => {
      expect(() => entraId(tenant, { audience: 'api' })).toThrow(TypeError);
    },
  );
});

describe('keyward', () => {
  it('means what a trust means that says nothing more', () => {
    const keys = new FixedKeySource([]);
    const preset = keyward(CLAIMS.iss, { audience: CLAIMS.aud });
    const bare = new Trust({ issuer: CLAIMS.iss, audience: CLAIMS.aud }, ['ES256'], keys);
    expect(preset.algorithms).toEqual(['ES256']);
    expect(new Trust(preset, ['ES256'], keys)).toEqual(bare);
  });
});
