/** What an administrator sends about a person: the shape, and nothing that no page could print. */
import { z } from 'zod';
import { type AccountProfile } from '../../account/account.registry.js';

// Controls, line ends, lone surrogates, and what turns the direction of the text around it.
const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Co}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;
const PRINTABLE = 'must be text of one line';

const text = z
  .string()
  .min(1)
  .max(200)
  .refine((value) => !UNPRINTABLE.test(value), PRINTABLE);

// Of an address alone lines are a part (OpenID Connect Core 1.0 section 5.1.1).
const lines = z
  .string()
  .min(1)
  .max(1000)
  .refine((value) => !UNPRINTABLE.test(value.replaceAll(/\r?\n/g, ' ')), 'must be text');

const username = text.refine(
  (value) => value === value.trim().toLowerCase(),
  'must be in lower case, without space around it',
);

const address = z.strictObject({
  formatted: lines.optional(),
  street_address: lines.optional(),
  locality: text.optional(),
  region: text.optional(),
  postal_code: text.optional(),
  country: text.optional(),
});

/** Everything but the username: a member that is left out says nothing, null takes it away. */
const PROFILE = {
  name: text.nullable().optional(),
  given_name: text.nullable().optional(),
  family_name: text.nullable().optional(),
  picture: text.pipe(z.url('must be an https URL').startsWith('https://')).nullable().optional(),
  locale: text.nullable().optional(),
  zoneinfo: text.nullable().optional(),
  email: z.email('must be an email address').max(254).nullable().optional(),
  email_verified: z.boolean().optional(),
  phone_number: z
    .string()
    .regex(/^\+[1-9]\d{1,14}$/, 'must be in the form of E.164')
    .nullable()
    .optional(),
  phone_number_verified: z.boolean().optional(),
  address: address.nullable().optional(),
  groups: z.array(text).max(50).optional(),
};

export const userChangeSchema = z.strictObject({ username: username.optional(), ...PROFILE });

const delivery = z.enum(['mail', 'response']);

export const newUserSchema = z
  .strictObject({
    username,
    ...PROFILE,
    /** To be changed by its person alone afterwards. */
    password: z.string().min(1).max(1024).optional(),
    /** How the link reaches the person by which they choose one. */
    password_link: delivery.optional(),
  })
  .refine(
    ({ password, password_link: link }) => password === undefined || link === undefined,
    'password and password_link go not together',
  );

export const passwordLinkSchema = z.strictObject({ password_link: delivery.default('mail') });

export const reasonSchema = z.strictObject({
  reason: text.default('by_administrator'),
});

export type UserChange = z.infer<typeof userChangeSchema>;
export type NewUser = z.infer<typeof newUserSchema>;

/** The members of an account that a body names; the others are not among them. */
export function profileOf(body: UserChange): Partial<AccountProfile> {
  const profile = {
    username: body.username,
    name: body.name,
    givenName: body.given_name,
    familyName: body.family_name,
    picture: body.picture,
    locale: body.locale,
    zoneinfo: body.zoneinfo,
    email: body.email,
    emailVerified: body.email_verified,
    phoneNumber: body.phone_number,
    phoneNumberVerified: body.phone_number_verified,
    address: body.address,
    groups: body.groups === undefined ? undefined : [...new Set(body.groups)],
  };
  const named = Object.entries(profile).filter(([, value]) => value !== undefined);
  return Object.fromEntries(named) as Partial<AccountProfile>;
}
