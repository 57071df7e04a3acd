/** Reads what a person types as their names: text of one line, and nothing that pretends to be another. */
import { type Profile } from '../account/profile.store.js';
import { type FormParameters } from '../http/form.parser.js';

/** The most characters of a name. */
export const MAX_NAME_LENGTH = 100;

/** What was typed, and the first field that cannot be taken so; null for none. */
export interface TypedProfile {
  readonly profile: Profile;
  readonly problem: keyof Profile | null;
}

// Controls, line ends, and what turns the direction of the text around it.
const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Co}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;

/** @throws InvalidRequestError for a field that was sent twice */
export function readProfile(form: FormParameters): TypedProfile {
  const typed = (field: string) => form.single(field)?.normalize('NFC').trim() || null;
  const profile = {
    name: typed('name'),
    givenName: typed('given_name'),
    familyName: typed('family_name'),
  };
  const fields = ['name', 'givenName', 'familyName'] as const;
  return { profile, problem: fields.find((field) => !isName(profile[field])) ?? null };
}

function isName(text: string | null): boolean {
  return text === null || ([...text].length <= MAX_NAME_LENGTH && !UNPRINTABLE.test(text));
}
