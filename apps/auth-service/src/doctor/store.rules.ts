/** Rules about the running stores. Each asks its store once, and says so where that does not answer. */
import { findClockProblem } from '../keys/clock.problem.js';
import { redisServers } from '../config/redis.servers.js';
import { pendingMigrations } from '../storage/postgres/postgres.migrations.js';
import { RedisConnection } from '../storage/redis/redis.connection.js';
import { type DoctorRule, type Finding } from './diagnosis.js';
import { causeOf, onPostgres, quietly, STORE_TIMEOUT_MS } from './postgres.question.js';

const OLDEST_POSTGRES = 140_000;
const NOTHING: readonly Finding[] = [];

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
    find: async ({ environment }) => {
      const servers = redisServers(environment);
      if (servers === undefined) return NOTHING;
      const keyPrefix = environment.REDIS_KEY_PREFIX;
      const redis = new RedisConnection({
        ...servers,
        keyPrefix,
        requireNoEviction: true,
        startTimeoutMs: STORE_TIMEOUT_MS,
      });
      try {
        await redis.onModuleInit();
        return NOTHING;
      } catch (error) {
        return [
          {
            finding: causeOf(error),
            remedy:
              'see that it runs, takes connections from here, and has maxmemory-policy noeviction',
          },
        ];
      } finally {
        redis.onApplicationShutdown();
      }
    },
  },
];
