/** The attack table: every token that a resource server has to refuse, by name. */
import { HOSTILE_CLAIMS } from './hostile-claims.js';
import { HOSTILE_FORMS } from './hostile-forms.js';
import { HOSTILE_HEADERS } from './hostile-headers.js';
import { type HostileToken } from './hostile-token.js';
import { type SigningKey } from './signing-key.js';
import { type TokenClaims, type TokenSource } from './token-forge.js';

const TABLE = { ...HOSTILE_HEADERS, ...HOSTILE_CLAIMS, ...HOSTILE_FORMS };

/** The name of an attack. */
export type Attack = keyof typeof TABLE;

/** Every attack of the table, by its name, with what it is. */
export const ATTACKS: Readonly<Record<Attack, string>> = Object.fromEntries(
  Object.entries(TABLE).map(([name, { what }]) => [name, what]),
) as Record<Attack, string>;

/** Makes the token of each attack; the claims that are given are those of the good token it is made from. */
export type HostileTokens = Readonly<Record<Attack, (claims?: TokenClaims) => string>>;

/** The attacks on resource servers that trust `issuer`, by somebody who holds the key `attacker`. */
export function forgeHostileTokens(issuer: TokenSource, attacker: SigningKey): HostileTokens {
  const forges = Object.entries<HostileToken>(TABLE).map(
    ([name, { forge }]) =>
      [name, (claims: TokenClaims = {}) => forge(claimingAlso(issuer, claims), attacker)] as const,
  );
  return Object.fromEntries(forges) as Record<Attack, () => string>;
}

/** The same issuer, whose good tokens have further claims: an attack must fail by nothing else. */
function claimingAlso(issuer: TokenSource, further: TokenClaims): TokenSource {
  const claims = (own: TokenClaims = {}): TokenClaims => issuer.claims({ ...further, ...own });
  return {
    url: issuer.url,
    audience: issuer.audience,
    key: issuer.key,
    clock: issuer.clock,
    claims,
    header: (members) => issuer.header(members),
    forge: (parts) => issuer.forge({ payload: claims(), ...parts }),
  };
}
