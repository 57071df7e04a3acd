/** Rules about the running stores. Each asks its store once, and says so where that does not answer. */
import { findClockProblem } from '../keys/clock.problem.js';
import { pendingMigrations } from '../storage/postgres/postgres.migrations.js';
import { type DoctorRule, type Finding } from './diagnosis.js';
import { causeOf, onPostgres, quietly } from './postgres.question.js';
import { onRedis } from './redis.question.js';

const OLDEST_POSTGRES = 140_000;
const NOTHING: readonly Finding[] = [];

// What has to last is in PostgreSQL; docs/operations.md says the same of the rest.
const FORGETFUL_REDIS: Finding = {
  finding:
    'Redis keeps nothing on disk (appendonly no, no save): a restart ends codes and sign-ins under way, forgets counted guesses, and lets an assertion or a proof be used once more',
  remedy: 'set appendonly yes, or let a replica take over before it restarts',
};

export const STORE_RULES: readonly DoctorRule[] = [
  {
    name: 'postgres-reachable',
    severity: 'error',
    clause: 'deployment',
    find: (deployment) =>
      onPostgres(deployment, async (client) => {
        await client.query('SELECT 1');
        return NOTHING;
      }).catch((error: unknown) => [
        {
          finding: `PostgreSQL does not answer: ${causeOf(error)}`,
          remedy: 'see DATABASE_URL, and whether the server runs and takes connections from here',
        },
      ]),
  },
  {
    name: 'postgres-version',
    severity: 'error',
    clause: 'deployment',
    find: quietly(async (client) => {
      const { rows } = await client.query<{ version: string }>(
        `SELECT current_setting('server_version_num') AS version`,
      );
      return Number(rows[0]?.version) >= OLDEST_POSTGRES
        ? NOTHING
        : [{ finding: 'PostgreSQL is older than 14', remedy: 'upgrade it' }];
    }),
  },
  {
    name: 'clock',
    severity: 'error',
    clause: 'RFC 7519 section 4.1.4',
    find: quietly(async (client) => {
      const beforeMs = Date.now();
      const { rows } = await client.query<{ now: Date }>('SELECT clock_timestamp() AS now');
      const problem = findClockProblem(beforeMs, Number(rows[0]?.now), Date.now());
      return problem === null
        ? NOTHING
        : [{ finding: problem, remedy: 'run a time service (chrony, systemd-timesyncd) on both' }];
    }),
  },
  {
    name: 'migrations',
    severity: 'error',
    clause: 'deployment',
    find: async ({ environment: { DATABASE_URL: url } }) => {
      const pending = url === undefined ? [] : await pendingMigrations(url).catch(() => []);
      return pending.length === 0
        ? NOTHING
        : [
            {
              finding: `${pending.length} migration(s) of this release have not run`,
              remedy: 'run the migrations before the servers (docs/operations.md)',
            },
          ];
    },
  },
  {
    name: 'redis',
    severity: 'error',
    clause: 'deployment',
    find: (deployment) =>
      onRedis(deployment, () => Promise.resolve(NOTHING)).catch((error: unknown) => [
        {
          finding: causeOf(error),
          remedy:
            'see that it runs, takes connections from here, and has maxmemory-policy noeviction',
        },
      ]),
  },
  {
    name: 'redis-persistence',
    severity: 'warning',
    clause: 'deployment',
    find: (deployment) =>
      onRedis(deployment, async (redis) => {
        const configurations = await Promise.all(
          redis.masters.map((node) => node.run((c) => c.configGet(['appendonly', 'save']))),
        );
        return configurations.every(({ appendonly, save }) => appendonly === 'yes' || save !== '')
          ? NOTHING
          : [FORGETFUL_REDIS];
        // One that does not say what it is configured like is somebody else's to look after.
      }).catch(() => NOTHING),
  },
];
