/** What the audit keeps of a change to a person: what was changed, and of personal data no more than that. */
import { type AccountProfile, type RegisteredAccount } from '../../account/account.registry.js';

/** Members whose values name nobody. */
const PLAIN = ['emailVerified', 'phoneNumberVerified', 'groups'] as const;

const NAMES: Readonly<Record<keyof AccountProfile, string>> = {
  username: 'username',
  name: 'name',
  givenName: 'given_name',
  familyName: 'family_name',
  picture: 'picture',
  locale: 'locale',
  zoneinfo: 'zoneinfo',
  email: 'email',
  emailVerified: 'email_verified',
  phoneNumber: 'phone_number',
  phoneNumberVerified: 'phone_number_verified',
  address: 'address',
  groups: 'groups',
};

/** For an event's detail. */
export interface RecordedChange extends Readonly<Record<string, string>> {
  /** Every member that is different, by its name. */
  readonly members: string;
  /** As JSON, those of them that are nobody's data. */
  readonly before: string;
  readonly after: string;
}

/** @param before null for an account that was not there */
export function recordedChange(
  before: RegisteredAccount | null,
  after: RegisteredAccount,
): RecordedChange {
  const was = before === null ? null : profileOf(before);
  const is = profileOf(after);
  const members = (Object.keys(NAMES) as (keyof AccountProfile)[]).filter(
    (name) => JSON.stringify(was?.[name] ?? null) !== JSON.stringify(is[name]),
  );
  const plain = PLAIN.filter((name) => members.includes(name));
  const pick = (side: AccountProfile | null) =>
    JSON.stringify(Object.fromEntries(plain.map((name) => [NAMES[name], side?.[name]])));
  return {
    members: members.map((name) => NAMES[name]).join(' '),
    before: pick(was),
    after: pick(is),
  };
}

function profileOf({ account, groups }: RegisteredAccount): AccountProfile {
  return { ...account, groups };
}
