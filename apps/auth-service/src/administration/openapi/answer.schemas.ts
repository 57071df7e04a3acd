/** What the administration API answers, as schemas: for its document, and for tests that hold answers to it. */
import { z } from 'zod';
import { ACCOUNT_STATUSES } from '../../account/account.registry.js';
import { resourceSchema } from '../../bootstrap/bootstrap.schema.js';
import { CLIENT_SOURCES } from '../../client/client.js';
import { clientMetadataSchema } from '../../client-registration/client-metadata.schema.js';
import { FACTOR_KINDS } from '../../factor/factor.js';

const time = z.iso.datetime();
const text = z.string().nullable();

const user = z.strictObject({
  account_id: z.uuid(),
  username: z.string(),
  name: text,
  given_name: text,
  family_name: text,
  picture: text,
  locale: text,
  zoneinfo: text,
  email: text,
  email_verified: z.boolean(),
  phone_number: text,
  phone_number_verified: z.boolean(),
  address: z.record(z.string(), z.string()).nullable(),
  groups: z.array(z.string()),
  status: z.enum(ACCOUNT_STATUSES),
  source: z.enum(['file', 'api']),
  has_password: z.boolean(),
  disabled_at: time.nullable(),
  erased_at: time.nullable(),
  created_at: time,
  updated_at: time,
});

const invitation = z.strictObject({
  password_link: z.url().nullable(),
  password_link_expires_at: time,
});

const userDetails = user.extend({
  factors: z.array(
    z.strictObject({
      factor_id: z.uuid(),
      kind: z.enum(FACTOR_KINDS),
      created_at: time,
      last_used_at: time.nullable(),
    }),
  ),
  recovery_codes_left: z.int(),
  providers: z.array(
    z.strictObject({ issuer: z.string(), linked_at: time, last_used_at: time.nullable() }),
  ),
  sessions: z.int(),
  grants: z.int(),
});

const client = clientMetadataSchema.extend({
  source: z.enum(CLIENT_SOURCES),
  previous_secret_until: time.optional(),
  disabled_at: time.optional(),
  created_at: time,
  updated_at: time,
});

const session = z.strictObject({
  sid: z.uuid(),
  authenticated_at: time,
  created_at: time,
  last_used_at: time,
  expires_at: time,
  user_agent: text,
  address: text,
});

const grant = z.strictObject({
  grant_id: z.uuid(),
  account_id: z.uuid().optional(),
  client_id: z.string(),
  sid: z.uuid(),
  scope: z.string(),
  resources: z.array(z.string()),
  created_at: time,
  expires_at: time,
  revoked_at: time.optional(),
  reason: z.string().optional(),
  by: z.string().optional(),
});

const auditEvent = z.strictObject({
  reference: z.uuid(),
  occurred_at: time,
  type: z.string(),
  outcome: z.enum(['success', 'failure']),
  reason: z.string().optional(),
  account_id: z.uuid().optional(),
  client_id: z.string().optional(),
  grant_id: z.uuid().optional(),
  sid: z.uuid().optional(),
  address: z.string().optional(),
  correlation_id: z.string().optional(),
  detail: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
});

const signingKey = z.strictObject({
  kid: z.string(),
  algorithm: z.string(),
  status: z.string(),
  sign_from: time,
  sign_until: time.nullable(),
  signer: z.string(),
  created_at: time,
});

const registrationToken = z.strictObject({
  token_id: z.uuid(),
  description: z.string(),
  scope: z.string(),
  grant_types: z.array(z.string()),
  refresh_profile: z.string(),
  uses_left: z.int(),
  expires_at: time,
  created_by: z.string(),
  created_at: time,
  revoked_at: time.optional(),
});

const pageOf = (item: z.ZodType) =>
  z.strictObject({ items: z.array(item), next: z.string().optional() });

/** By the names under which the document has them. */
const resource = resourceSchema.extend({ source: z.enum(['file', 'api']) });

export const ANSWERS = {
  AuditEvent: auditEvent,
  AuditPage: pageOf(auditEvent),
  Client: client,
  ClientPage: pageOf(client),
  ClientWithSecret: client.extend({ client_secret: z.string().optional() }),
  Error: z.looseObject({ error: z.string(), error_description: z.string().optional() }),
  GrantHistory: z.strictObject({
    event: auditEvent.nullable(),
    grant: grant.nullable(),
    events: z.array(auditEvent),
  }),
  GrantPage: pageOf(grant),
  KeyRotation: z.strictObject({ takes_over_at: time }),
  NewRegistrationToken: registrationToken.extend({ initial_access_token: z.string() }),
  RegistrationToken: registrationToken,
  RegistrationTokenPage: pageOf(registrationToken),
  Resource: resource,
  ResourcePage: pageOf(resource),
  RemovedFactors: z.strictObject({ removed: z.int() }),
  SessionPage: pageOf(session),
  SessionsAndGrants: z.strictObject({ sessions: z.array(session), grants: z.array(grant) }),
  SigningKeys: z.strictObject({ keys: z.array(signingKey) }),
  User: user,
  UserDetails: userDetails,
  UserPage: pageOf(user),
  UserWithLink: user.extend(invitation.partial().shape),
  PasswordLink: invitation,
} as const satisfies Record<string, z.ZodType>;

/** The name of an answer. */
export type AnswerName = keyof typeof ANSWERS;
