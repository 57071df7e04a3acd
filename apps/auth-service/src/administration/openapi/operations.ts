/** What each operation of the administration API takes and answers, by the handler that it is. */
import { z } from 'zod';
import { ACCOUNT_STATUSES } from '../../account/account.registry.js';
import { resourceSchema } from '../../bootstrap/bootstrap.schema.js';
import { clientMetadataSchema } from '../../client-registration/client-metadata.schema.js';
import { MAX_OVERLAP_SECONDS } from '../../client-registration/client.registrar.js';
import { SIGNING_ALGORITHMS } from '../../config/environment.schema.js';
import { registrationTokenSchema } from '../../dynamic-registration/registration-tokens.controller.js';
import {
  newUserSchema,
  passwordLinkSchema,
  reasonSchema,
  userChangeSchema,
} from '../users/user.schema.js';
import { type AnswerName } from './answer.schemas.js';

/** One operation. */
export interface OperationDescription {
  readonly summary: string;
  /** Parameters of the query, with their schemas. */
  readonly query?: Readonly<Record<string, z.ZodType>>;
  readonly body?: {
    readonly schema: z.ZodType;
    /** Default: `application/json`. */
    readonly type?: 'application/x-www-form-urlencoded';
    /** Whether it may be left out. */
    readonly isOptional?: boolean;
  };
  /** Whether it may be held to what was read, by `If-Match`. */
  readonly isConditional?: true;
  /** Whether the answer carries an `ETag`. */
  readonly hasEntityTag?: true;
  /** The status of a success. Default: 200. */
  readonly status?: number;
  /** The answer; absent where there is none. */
  readonly answer?: AnswerName;
  /** Of the answer. Default: `application/json`. */
  readonly answerType?: 'application/x-ndjson';
}

const PAGE = { after: z.string(), limit: z.int().min(1).max(500) };
const AUDIT = {
  reference: z.uuid(),
  type: z.string(),
  account_id: z.uuid(),
  client_id: z.string(),
  grant_id: z.uuid(),
  sid: z.uuid(),
  since: z.string(),
  until: z.string(),
  after: z.string(),
  limit: z.int().min(1).max(1000),
};
const revocation = z.strictObject({ reason: z.string().min(1).max(200).optional() });
const overlap = z.strictObject({
  overlap_seconds: z.int().min(0).max(MAX_OVERLAP_SECONDS).optional(),
});
const optional = (schema: z.ZodType) => ({ schema, isOptional: true });
const form = (schema: z.ZodType) =>
  ({ schema, type: 'application/x-www-form-urlencoded', isOptional: true }) as const;
const rotation = z.strictObject({ algorithm: z.enum(SIGNING_ALGORITHMS).optional() });

export const OPERATIONS: Readonly<Record<string, OperationDescription>> = {
  'AuditController.search': {
    summary: 'Searches the audit record, the newest first',
    query: AUDIT,
    answer: 'AuditPage',
  },
  'AuditController.export': {
    summary: 'The same search without pages, one event a line',
    query: AUDIT,
    answer: 'AuditEvent',
    answerType: 'application/x-ndjson',
  },
  'ResourcesController.list': {
    summary: 'Lists resources, with their scopes',
    query: PAGE,
    answer: 'ResourcePage',
  },
  'ResourcesController.put': {
    summary: 'Makes the resource of an identifier what the body says, whole',
    body: { schema: resourceSchema },
    answer: 'Resource',
  },
  'ClientsController.list': { summary: 'Lists clients', query: PAGE, answer: 'ClientPage' },
  'ClientsController.find': {
    hasEntityTag: true,
    summary: 'Shows a client',
    answer: 'Client',
  },
  'ClientsController.register': {
    summary: 'Registers a client; its secret is in this answer alone',
    body: { schema: clientMetadataSchema },
    status: 201,
    answer: 'ClientWithSecret',
  },
  'ClientsController.replace': {
    isConditional: true,
    summary: 'Replaces everything but id and secret',
    body: { schema: clientMetadataSchema },
    answer: 'ClientWithSecret',
  },
  'ClientsController.rotateSecret': {
    isConditional: true,
    summary: 'Gives a client a new secret',
    body: { schema: overlap },
    answer: 'ClientWithSecret',
  },
  'ClientsController.disable': {
    isConditional: true,
    summary: 'Disables a client, and ends all that it has',
    answer: 'Client',
  },
  'ClientsController.enable': {
    isConditional: true,
    summary: 'Enables a client',
    answer: 'Client',
  },
  'GrantsController.listSessions': {
    summary: 'Lists the live sessions of an account, the latest first',
    query: { account_id: z.uuid(), ...PAGE },
    answer: 'SessionPage',
  },
  'GrantsController.listGrants': {
    summary: 'Lists grants of an account, a client, or one at the other, the latest first',
    query: {
      account_id: z.uuid(),
      client_id: z.string(),
      status: z.enum(['in_force', 'all']),
      ...PAGE,
    },
    answer: 'GrantPage',
  },
  'GrantsController.explain': {
    summary: 'Tells what became of a grant, by its id or by the reference that a client was given',
    answer: 'GrantHistory',
  },
  'OpenApiController.document': { summary: 'This document' },
  'RegistrationTokensController.list': {
    summary: 'Lists initial access tokens for registration',
    query: PAGE,
    answer: 'RegistrationTokenPage',
  },
  'RegistrationTokensController.issue': {
    summary: 'Issues an initial access token; it is in this answer alone',
    body: { schema: registrationTokenSchema },
    status: 201,
    answer: 'NewRegistrationToken',
  },
  'RegistrationTokensController.revoke': {
    summary: 'Revokes an initial access token',
    answer: 'RegistrationToken',
  },
  'SessionsController.list': {
    summary: 'Shows live sessions of an account, and its grants',
    answer: 'SessionsAndGrants',
  },
  'SessionsController.revokeAccount': {
    summary: 'Ends every session and grant of an account',
    body: { schema: revocation },
    status: 204,
  },
  'SessionsController.revokeSession': {
    summary: 'Ends a session, and its grants without offline_access',
    body: { schema: revocation },
    status: 204,
  },
  'SessionsController.revokeGrant': {
    summary: 'Ends a grant',
    body: { schema: revocation },
    status: 204,
  },
  'SigningKeysController.list': { summary: 'Lists signing keys', answer: 'SigningKeys' },
  'SigningKeysController.rotate': {
    summary: 'Lets the standby key take over as soon as it can',
    body: form(rotation),
    answer: 'KeyRotation',
  },
  'SigningKeysController.revoke': {
    summary: 'Revokes a key with all that it signed',
    body: form(z.strictObject({ reason: z.string().optional() })),
    status: 204,
  },
  'UserCredentialsController.requireNewPassword': {
    summary: 'Makes the password worthless, ends every sign-in, and makes a link for another one',
    body: optional(passwordLinkSchema),
    answer: 'PasswordLink',
  },
  'UserCredentialsController.removeFactor': { summary: 'Takes a second factor away', status: 204 },
  'UserCredentialsController.removeFactors': {
    summary: 'Takes every second factor away',
    answer: 'RemovedFactors',
  },
  'UserCredentialsController.unlock': {
    summary: 'Forgets wrong passwords and codes',
    status: 204,
  },
  'UsersController.list': {
    summary: 'Finds people by what a username or an address begins with',
    query: {
      username: z.string(),
      email: z.string(),
      status: z.enum(ACCOUNT_STATUSES),
      ...PAGE,
    },
    answer: 'UserPage',
  },
  'UsersController.find': { summary: 'Shows a person', answer: 'UserDetails' },
  'UsersController.create': {
    summary: 'Creates an account',
    body: { schema: newUserSchema },
    status: 201,
    answer: 'UserWithLink',
  },
  'UsersController.change': {
    summary: 'Changes what is named; null takes a member away',
    body: { schema: userChangeSchema },
    answer: 'User',
  },
  'UsersController.disable': {
    summary: 'Disables an account, and ends all that it has',
    body: optional(reasonSchema),
    answer: 'User',
  },
  'UsersController.enable': { summary: 'Enables an account', answer: 'User' },
  'UsersController.erase': {
    summary: 'Forgets a person for good',
    body: optional(reasonSchema),
    answer: 'User',
  },
};
