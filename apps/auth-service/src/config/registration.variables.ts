/** The environment variables of registration by others. */
import { parseScope } from '@keyward/oauth';
import { z } from 'zod';
import { days } from './duration.variable.js';

/** Clients that registered themselves and that nobody ever allowed anything, at most so long. */
const MAX_UNUSED_DAYS = 365;

const ALLOWED_HOSTS = 'must be off, *, or hosts such as app.example.com, separated by commas';

/** Hosts as a URL has them; none for `off`. Null where one is none. */
function parseDocumentHosts(value: string): readonly string[] | null {
  if (value === 'off') return [];
  if (value === '*') return ['*'];
  const hosts = value.split(',').map((host) => host.trim());
  const isHost = (host: string) =>
    !host.includes('*') &&
    URL.canParse(`https://${host}`) &&
    new URL(`https://${host}`).host === host;
  return hosts.every(isHost) ? hosts : null;
}

/** Scopes of this server's own administration are never a stranger's. */
function isPublishableScope(value: string): boolean {
  return parseScope(value)?.every((scope) => !scope.startsWith('admin:')) ?? false;
}

export const REGISTRATION_VARIABLES = {
  AUTH_DYNAMIC_REGISTRATION: z.enum(['off', 'token'], 'must be off or token').default('off'),
  AUTH_CLIENT_METADATA_DOCUMENTS: z
    .string()
    .default('off')
    .refine((value) => parseDocumentHosts(value) !== null, ALLOWED_HOSTS)
    .transform((value) => parseDocumentHosts(value) ?? []),
  AUTH_CLIENT_METADATA_DOCUMENT_SCOPES: z
    .string()
    .refine(isPublishableScope, 'must be scopes separated by spaces, none of administration')
    .transform((value) => parseScope(value) ?? [])
    .optional(),
  AUTH_REGISTRATION_UNUSED_DAYS: days(30, MAX_UNUSED_DAYS),
};

/** Who lets strangers in says what for. */
export function findRegistrationProblems({
  AUTH_CLIENT_METADATA_DOCUMENTS: hosts,
  AUTH_CLIENT_METADATA_DOCUMENT_SCOPES: scopes,
}: {
  readonly AUTH_CLIENT_METADATA_DOCUMENTS: readonly string[];
  readonly AUTH_CLIENT_METADATA_DOCUMENT_SCOPES?: readonly string[] | undefined;
}): string[] {
  if (hosts.length === 0 || (scopes?.length ?? 0) > 0) return [];
  return ['AUTH_CLIENT_METADATA_DOCUMENTS needs AUTH_CLIENT_METADATA_DOCUMENT_SCOPES'];
}
