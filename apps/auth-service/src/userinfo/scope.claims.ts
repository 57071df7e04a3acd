/** Which claims about a person each scope opens (OpenID Connect Core 1.0 section 5.4). */
import { type Account } from '../account/account.js';

type Claim = (account: Account) => unknown;

/** Reads each claim from the account; a claim that the account lacks is null, and is left out. */
const CLAIMS_OF_SCOPE: Readonly<Record<string, Readonly<Record<string, Claim>>>> = {
  profile: {
    name: (account) => account.name,
    given_name: (account) => account.givenName,
    family_name: (account) => account.familyName,
    preferred_username: (account) => account.username,
    picture: (account) => account.picture,
    locale: (account) => account.locale,
    zoneinfo: (account) => account.zoneinfo,
    updated_at: (account) => Math.floor(account.updatedAt.getTime() / 1000),
  },
  email: {
    email: (account) => account.email,
    email_verified: (account) => (account.email === null ? null : account.emailVerified),
  },
  phone: {
    phone_number: (account) => account.phoneNumber,
    phone_number_verified: (account) =>
      account.phoneNumber === null ? null : account.phoneNumberVerified,
  },
  address: {
    address: (account) => account.address,
  },
};

/** The name of every claim that a scope can open. */
export const SCOPE_CLAIM_NAMES: readonly string[] = Object.values(CLAIMS_OF_SCOPE).flatMap(
  (claims) => Object.keys(claims),
);

/** The claims about a person that a granted scope opens, `sub` always. */
export function claimsOf(account: Account, scope: readonly string[]): Record<string, unknown> {
  const readable = scope.flatMap((token) =>
    Object.hasOwn(CLAIMS_OF_SCOPE, token) ? Object.entries(CLAIMS_OF_SCOPE[token] ?? {}) : [],
  );
  const claims = readable.map(([name, read]) => [name, read(account)] as const);
  return {
    ...Object.fromEntries(claims.filter(([, value]) => value !== null)),
    sub: account.accountId,
  };
}
