/** Rules about what PostgreSQL is trusted with: that it keeps what it confirmed, and whom it lets do what. */
import { missingRequirements } from '../storage/postgres/postgres.migrations.js';
import { type DoctorRule, type Finding } from './diagnosis.js';
import { quietly } from './postgres.question.js';

const NOTHING: readonly Finding[] = [];

export const DATABASE_RULES: readonly DoctorRule[] = [
  {
    name: 'schema-ahead',
    severity: 'error',
    clause: 'deployment',
    find: async ({ environment: { DATABASE_URL: url } }) => {
      const missing = url === undefined ? [] : await missingRequirements(url).catch(() => []);
      return missing.map((migration) => ({
        finding: `the schema is of a later release, which took away what this one needs (${migration})`,
        remedy: 'start that release or a later one (docs/operations/migrations.md)',
      }));
    },
  },
  {
    name: 'postgres-durability',
    severity: 'error',
    clause: 'deployment',
    find: quietly(async (client) => {
      const { rows } = await client.query<{ name: string }>(
        `SELECT name FROM pg_settings
         WHERE name IN ('fsync', 'synchronous_commit', 'full_page_writes') AND setting = 'off'
         ORDER BY name`,
      );
      return rows.map(({ name }) => ({
        finding: `${name} is off: after a crash of PostgreSQL a revocation that was confirmed may never have been`,
        remedy: `set ${name}=on for this database`,
      }));
    }),
  },
  {
    name: 'postgres-role',
    severity: 'warning',
    clause: 'OWASP ASVS 5.0 section 13.2.2',
    find: quietly(async (client) => {
      const { rows } = await client.query<{ name: string }>(
        'SELECT rolname AS name FROM pg_roles WHERE rolname = current_user AND rolsuper',
      );
      return rows.length === 0
        ? NOTHING
        : [
            {
              finding:
                'the server is a superuser of PostgreSQL: a flaw in it would be one of everything there',
              remedy:
                'give it a role that may read and write its tables, and let another one migrate (AUTH_MIGRATIONS=require)',
            },
          ];
    }),
  },
  {
    name: 'signing-key-age',
    severity: 'warning',
    clause: 'NIST SP 800-57 part 1 section 5.3.6',
    find: (deployment) =>
      quietly(async (client) => {
        const { rows } = await client.query<{ kid: string; days: number }>(
          `SELECT kid, extract(day FROM now() - sign_from)::int AS days FROM signing_key
           WHERE status = 'active' AND sign_from < now() - make_interval(secs => $1)`,
          [2 * deployment.environment.AUTH_SIGNING_KEY_ROTATION_SECONDS],
        );
        return rows.map(({ kid, days }) => ({
          finding: `the key ${kid} has signed for ${days} days, more than twice as long as it should: no server rotates it`,
          remedy: 'see the log of the servers for why, or run `npm run keys -- rotate`',
        }));
      })(deployment),
  },
  {
    name: 'client-secret-age',
    severity: 'warning',
    clause: 'OWASP ASVS 5.0 section 13.3.4',
    find: quietly(async (client) => {
      const { rows } = await client.query<{ id: string; days: number }>(
        `SELECT client_id AS id, extract(day FROM now() - coalesce(secret_since, created_at))::int AS days
         FROM client
         WHERE secret_sha256 IS NOT NULL AND disabled_at IS NULL
           AND coalesce(secret_since, created_at) < now() - interval '1 year'
         ORDER BY client_id`,
      );
      return rows.map(({ id, days }) => ({
        finding: `the secret of client ${id} is ${days} days old: whoever saw it in that time has it still`,
        remedy:
          'give it a new one (`keyward clients rotate-secret`, or its variable in the bootstrap file)',
      }));
    }),
  },
];
