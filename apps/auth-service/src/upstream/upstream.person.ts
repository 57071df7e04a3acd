/** Reads what a provider says about a person: what is not of its type is not there. */
import { type Upstream } from './upstream.js';

/** A person in our words. */
export interface UpstreamPerson {
  readonly username: string | null;
  readonly name: string | null;
  readonly givenName: string | null;
  readonly familyName: string | null;
  readonly locale: string | null;
  /** What they would recognise themselves by: the address, or the name they are known by there. */
  readonly label: string | null;
  /** Null where it is not certain that it is theirs: then it is used for nothing. */
  readonly verifiedEmail: string | null;
}

const MAX_LENGTH = 200;
const EMAIL = /^[^\s@<>",;:\\()[\]]{1,64}@[^\s@<>",;:\\()[\]]{1,189}$/;

/** @param claims of an ID token and of userinfo, about one and the same `sub` */
export function personOf(
  { claimNames, trustEmail }: Pick<Upstream, 'claimNames' | 'trustEmail'>,
  claims: Readonly<Record<string, unknown>>,
): UpstreamPerson {
  const read = (member: keyof typeof claimNames) => text(claims[claimNames[member]]);
  const email = read('email');
  // Nothing but the value true: some write "false", which is a string like any other.
  const isVerified = trustEmail && claims[claimNames.emailVerified] === true;
  const username = read('username');
  const name = read('name');
  return {
    username,
    name,
    givenName: read('givenName'),
    familyName: read('familyName'),
    locale: read('locale'),
    label: email ?? username ?? name,
    verifiedEmail: isVerified && email !== null && EMAIL.test(email) ? email : null,
  };
}

function text(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  const trimmed = value.trim();
  // Control characters and unpaired surrogates are nobody's name; PostgreSQL could not hold some of them.
  const isPlain = !/[\p{Cc}\p{Cs}]/u.test(trimmed);
  return isPlain && trimmed !== '' && trimmed.length <= MAX_LENGTH ? trimmed : null;
}
