/** The shape of a partner in a bootstrap file. */
import { parseScope } from '@keyward/oauth';
import { z } from 'zod';
import { ASSERTION_ALGORITHMS } from '../client/assertion.algorithms.js';
import { DEFAULT_ASSERTION_SECONDS, MAX_ASSERTION_SECONDS } from '../partner/partner.js';
import { identifierSchema } from './client.schema.js';

/** One partner. What a member means for another is checked by partner.rules.ts. */
export const partnerSchema = z.strictObject({
  partner_id: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must be of lower-case letters, digits and hyphens'),
  issuer: z.string().regex(/^[\x21-\x7e]{1,2048}$/, 'must be printable, as `iss` has it'),
  jwks: z.strictObject({ keys: z.array(z.looseObject({})).min(1) }).optional(),
  jwks_uri: z.string().optional(),
  algorithms: z.array(z.enum(ASSERTION_ALGORITHMS)).min(1).default(['ES256']),
  clients: z.array(z.string().min(1)).min(1),
  resources: z.array(identifierSchema).min(1),
  scope: z.string().refine((value) => parseScope(value) !== null, 'must be a scope value'),
  max_assertion_seconds: z
    .int()
    .min(1)
    .max(MAX_ASSERTION_SECONDS)
    .default(DEFAULT_ASSERTION_SECONDS),
  disabled: z.boolean().default(false),
});

/** A partner as a file writes it, after validation. */
export type PartnerDocument = z.infer<typeof partnerSchema>;
