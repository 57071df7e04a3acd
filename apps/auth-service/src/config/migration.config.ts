/** What `migrate` is told: PostgreSQL alone, so that it needs no secret of the server. */
import { z } from 'zod';
import { ConfigurationError } from './configuration.error.js';
import { AUTH_START_TIMEOUT_MS } from './lifecycle.variables.js';
import { readSecrets } from '@keyward/configuration';

const schema = z.object({
  DATABASE_URL: z.url({
    protocol: /^postgres(ql)?$/,
    error: (issue) =>
      issue.input === undefined
        ? 'is required: the embedded PostgreSQL is migrated by the server that starts it'
        : 'must be a URL that starts with postgres:// or postgresql://',
  }),
  AUTH_START_TIMEOUT_MS,
});

/** Which PostgreSQL, and how long to wait for it. */
export interface MigrationConfig {
  readonly databaseUrl: string;
  readonly startTimeoutMs: number;
}

/** @throws ConfigurationError listing every problem; an empty variable counts as absent */
export function migrationConfig(environment: NodeJS.ProcessEnv): MigrationConfig {
  const set = Object.fromEntries(Object.entries(environment).filter(([, value]) => value));
  const { environment: present, problems } = readSecrets(set, ['DATABASE_URL']);
  if (problems.length > 0) throw new ConfigurationError(problems);
  const result = schema.safeParse(present);
  if (result.success) {
    const { DATABASE_URL, AUTH_START_TIMEOUT_MS: startTimeoutMs } = result.data;
    return { databaseUrl: DATABASE_URL, startTimeoutMs };
  }
  throw new ConfigurationError(
    result.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`),
  );
}
