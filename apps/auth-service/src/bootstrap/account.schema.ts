/** The shape of an account in a bootstrap file. */
import { z } from 'zod';

const text = z.string().min(1).max(200);

const address = z.strictObject({
  formatted: text.optional(),
  street_address: text.optional(),
  locality: text.optional(),
  region: text.optional(),
  postal_code: text.optional(),
  country: text.optional(),
});

/** One person; the password is only ever named. */
export const accountSchema = z.strictObject({
  // The `sub` of every token about this person: it must outlive the file, so the file states it.
  account_id: z.uuid('must be a UUID').toLowerCase(),
  username: text.refine(
    (value) => value === value.trim().toLowerCase(),
    'must be in lower case, without space around it',
  ),
  password: z.strictObject({ env: z.string().min(1) }),
  name: text.optional(),
  given_name: text.optional(),
  family_name: text.optional(),
  picture: z.url('must be an https URL').startsWith('https://').optional(),
  locale: text.optional(),
  zoneinfo: text.optional(),
  email: z.email('must be an email address').optional(),
  email_verified: z.boolean().default(false),
  phone_number: z
    .string()
    .regex(/^\+[1-9]\d{1,14}$/, 'must be in the form of E.164')
    .optional(),
  phone_number_verified: z.boolean().default(false),
  address: address.optional(),
  groups: z.array(text).default([]),
});

/** An account as a file writes it, after validation. */
export type AccountDocument = z.infer<typeof accountSchema>;
