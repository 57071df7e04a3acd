/** The shape of a bootstrap file, field by field. */
import { isScopeToken } from '@keyward/oauth';
import { z } from 'zod';
import { ACRS } from '../authentication/acr.js';
import { accountSchema } from './account.schema.js';
import {
  clientSchema,
  identifierSchema,
  jweAlgorithms,
  nameSchema,
  signingAlgorithmSchema,
} from './client.schema.js';
import { partnerSchema } from './partner.schema.js';
import { upstreamSchema } from './upstream.schema.js';

const scopeToken = z.string().refine(isScopeToken, 'must be a scope token');

/** One resource. What its members mean is checked by resource.rules.ts. */
export const resourceSchema = z.strictObject({
  identifier: identifierSchema,
  name: nameSchema,
  scopes: z.array(scopeToken).min(1),
  signing_alg: signingAlgorithmSchema.optional(),
  access_token_encryption: z
    .strictObject({
      ...jweAlgorithms,
      jwks: z.strictObject({ keys: z.array(z.looseObject({})).min(1) }).optional(),
      jwks_uri: z.string().optional(),
    })
    .optional(),
});

const group = z.strictObject({
  name: nameSchema,
  required_acr: z.enum(ACRS),
});

const authorizationDetailsType = z.strictObject({
  type: z.string().min(1).max(255),
  resource: identifierSchema,
  name: nameSchema,
  description: z.string().min(1).max(1000).optional(),
  schema: z.record(z.string(), z.unknown()),
});

/** A type of authorization details as a file writes it, after validation. */
export type AuthorizationDetailsTypeDocument = z.infer<typeof authorizationDetailsType>;

/** A resource as a file writes it, after validation. */
export type ResourceDocument = z.infer<typeof resourceSchema>;

/** A bootstrap file after substitution. Unknown members are refused: they are usually typos. */
export const bootstrapSchema = z.strictObject({
  resources: z.array(resourceSchema),
  authorization_details_types: z.array(authorizationDetailsType).default([]),
  clients: z.array(clientSchema),
  groups: z.array(group).default([]),
  accounts: z.array(accountSchema).default([]),
  partners: z.array(partnerSchema).default([]),
  upstreams: z.array(upstreamSchema).default([]),
});

/** A file that has the right shape, its references not yet followed. */
export type BootstrapDocument = z.infer<typeof bootstrapSchema>;

/** The same as it is written, where what has a default may be left out. */
export type BootstrapSource = z.input<typeof bootstrapSchema>;
