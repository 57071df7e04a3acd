import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { type Bootstrap, parseBootstrap } from '../bootstrap/bootstrap.file.js';
import { parseEnvironment } from '../config/environment.schema.js';
import { migrate } from '../storage/postgres/postgres.migrations.js';
import { createTestDatabase } from '../storage/testing/test-database.js';
import { diagnose, diagnosisText, type DoctorRule } from './diagnosis.js';
import { DATABASE_RULES } from './database.rules.js';
import { OFFLINE_RULES as RULES } from './offline.rules.js';
import { STORE_RULES } from './store.rules.js';

const KEY = Buffer.alloc(32, 1).toString('base64url');
const OTHER_KEY = Buffer.alloc(32, 2).toString('base64url');

const GOOD = {
  NODE_ENV: 'production',
  AUTH_ISSUER: 'https://login.example.com',
  AUTH_TRUSTED_PROXIES: '10.0.0.1',
  AUTH_KEY_ENCRYPTION_KEY: KEY,
  AUTH_REFRESH_TOKEN_KEYS: `1:${OTHER_KEY}`,
  DATABASE_URL: 'postgres://keyward:a-password@db/keyward?sslmode=verify-full',
  REDIS_URL: 'rediss://:a-password@redis:6379',
  AUTH_SMTP_URL: 'smtps://login:mail-password@mail.example.com:465',
  AUTH_MAIL_FROM: 'login@example.com',
};

const CLIENT = {
  client_id: 'web',
  name: 'Web',
  token_endpoint_auth_method: 'private_key_jwt',
  jwks_uri: 'https://web.example.com/jwks',
  grant_types: ['authorization_code'],
  redirect_uris: ['https://web.example.com/callback'],
  scope: 'openid',
  required_acr: 'urn:keyward:acr:mfa',
};

/** What each deployment here has: its secrets stand in variables, not in files. */
const ALWAYS = 'secrets-in-environment';

function bootstrapOf(document: object, environment: NodeJS.ProcessEnv = {}): Bootstrap {
  const whole = { resources: [], clients: [], ...document };
  return parseBootstrap(JSON.stringify(whole), environment);
}

/** What a client may name. */
const RESOURCES = [
  { identifier: 'urn:a', name: 'A', scopes: ['read'] },
  { identifier: 'urn:own', name: 'Own', scopes: ['own'] },
];

async function rulesThatFind(
  variables: NodeJS.ProcessEnv,
  document: object = {},
  rules: readonly DoctorRule[] = RULES,
): Promise<readonly string[]> {
  const environment = parseEnvironment(variables);
  const bootstrap = bootstrapOf(document, variables);
  const diagnoses = await diagnose({ environment, bootstrap, variables }, rules);
  for (const secret of [KEY, OTHER_KEY, 'a-password', 'mail-password']) {
    expect(JSON.stringify(diagnoses)).not.toContain(secret);
  }
  return diagnoses.map(({ rule }) => rule).filter((rule) => rule !== ALWAYS);
}

describe('the doctor', () => {
  it('finds nothing in a deployment that is as it should be', async () => {
    expect(await rulesThatFind(GOOD, { clients: [CLIENT] })).toEqual([]);
  });

  it.each<[string, object]>([
    ['issuer-https', { NODE_ENV: 'development', AUTH_ISSUER: 'http://login.example.com' }],
    ['limit-off', { AUTH_LIMIT_TOKEN: 'off' }],
    ['insecure-http-issuer', { AUTH_INSECURE_HTTP_ISSUER: 'true' }],
    ['production-mode', { NODE_ENV: 'development' }],
    ['trusted-proxies', { AUTH_TRUSTED_PROXIES: '' }],
    ['outbound-private', { AUTH_OUTBOUND_ALLOWED_HOSTS: 'keys.internal,10.0.0.0/8' }],
    [
      'client-documents',
      {
        AUTH_CLIENT_METADATA_DOCUMENTS: '*',
        AUTH_CLIENT_METADATA_DOCUMENT_SCOPES: 'orders:read',
      },
    ],
    ['cors-http-origin', { AUTH_CORS_ORIGINS: 'http://app.example.com' }],
    ['store-transport', { DATABASE_URL: 'postgres://keyward:a-password@db/keyward' }],
    ['store-transport', { REDIS_URL: 'redis://:a-password@redis:6379' }],
    ['smtp-transport', { AUTH_SMTP_URL: '', AUTH_MAIL_FROM: '' }],
    ['store-transport', { REDIS_URL: '', REDIS_CLUSTER_NODES: 'redis-1:6379,redis-2:6379' }],
    ['redis-password', { REDIS_URL: 'rediss://redis:6379' }],
    [
      'trusted-proxies-wide',
      { NODE_ENV: 'development', AUTH_TRUSTED_PROXIES: '10.0.0.1,0.0.0.0/1' },
    ],
    ['trusted-proxies-wide', { NODE_ENV: 'development', AUTH_TRUSTED_PROXIES: '::/1' }],
    ['signing-key-lifetime', { AUTH_SIGNING_KEY_ROTATION_SECONDS: '60000000' }],
    ['access-token-lifetime', { AUTH_ACCESS_TOKEN_SECONDS: '3600' }],
    ['signing-algorithm', { AUTH_SIGNING_ALGORITHM: 'RS256' }],
    ['dpop-nonce', { AUTH_DPOP_NONCE: 'off' }],
    ['keys-apart', { AUTH_REFRESH_TOKEN_KEYS: `1:${KEY}` }],
    ['session-lifetime', { AUTH_SESSION_ABSOLUTE_SECONDS: '2592000' }],
  ])('finds by %s what is wrong with %j', async (rule, change) => {
    expect(await rulesThatFind({ ...GOOD, ...change }, { clients: [CLIENT] })).toContain(rule);
  });

  it.each<[string, object]>([
    ['password-alone', { required_acr: undefined }],
    [
      'client-secret',
      {
        token_endpoint_auth_method: 'client_secret_basic',
        jwks_uri: undefined,
        client_secret: { env: 'WEB_SECRET' },
      },
    ],
    [
      'private-use-scheme',
      {
        token_endpoint_auth_method: 'none',
        jwks_uri: undefined,
        application_type: 'native',
        redirect_uris: ['com.example.app:/callback'],
      },
    ],
    ['loopback-redirect', { redirect_uris: ['http://127.0.0.1:3000/callback'] }],
    [
      'first-party-public',
      {
        token_endpoint_auth_method: 'none',
        jwks_uri: undefined,
        application_type: 'native',
        first_party: true,
        redirect_uris: ['com.example.app:/callback'],
      },
    ],
  ])('finds by %s a client with %j', async (rule, change) => {
    // Production refuses some of these by itself.
    const variables = { ...GOOD, NODE_ENV: 'development', WEB_SECRET: 'x'.repeat(40) };
    expect(await rulesThatFind(variables, { clients: [{ ...CLIENT, ...change }] })).toContain(rule);
  });

  it('finds what clients and resources share', async () => {
    const document = {
      clients: [CLIENT, { ...CLIENT, client_id: 'other' }],
      resources: [
        { identifier: 'urn:a', name: 'A', scopes: ['read'] },
        { identifier: 'urn:b', name: 'B', scopes: ['read'] },
      ],
    };
    const found = await rulesThatFind(GOOD, document);
    expect(found).toEqual(expect.arrayContaining(['shared-redirect', 'ambiguous-scope']));
  });

  it.each<[string, object]>([
    ['redis-password', { REDIS_URL: '', REDIS_CLUSTER_NODES: 'redis-1:6379', REDIS_PASSWORD: 'x' }],
    ['redis-password', { REDIS_URL: 'redis://127.0.0.1:6379' }],
    ['trusted-proxies-wide', { AUTH_TRUSTED_PROXIES: '10.0.0.0/8,fc00::/7' }],
    ['signing-key-lifetime', { AUTH_SIGNING_KEY_ROTATION_SECONDS: '31536000' }],
    ['secrets-in-environment', { NODE_ENV: 'development' }],
  ])('does not find by %s what is right with %j', async (rule, change) => {
    const variables = { ...GOOD, NODE_ENV: 'development', ...change };
    const environment = parseEnvironment(variables);
    const found = await diagnose({ environment, bootstrap: bootstrapOf({}), variables }, RULES);
    expect(found.map((one) => one.rule)).not.toContain(rule);
  });

  it('finds secrets that stand in variables, by their names alone', async () => {
    const environment = parseEnvironment(GOOD);
    const all = await diagnose({ environment, bootstrap: bootstrapOf({}), variables: GOOD }, RULES);
    const [found] = all.filter(({ rule }) => rule === ALWAYS);
    expect(found?.finding).toMatch(/DATABASE_URL, .*AUTH_KEY_ENCRYPTION_KEY/);
    expect(JSON.stringify(all)).not.toContain(KEY);
  });

  it('finds administrators whose tokens anybody could use', async () => {
    const admin = {
      ...CLIENT,
      grant_types: ['client_credentials'],
      redirect_uris: [],
      required_acr: undefined,
      scope: 'admin:users',
    };
    const resources = [
      { identifier: 'https://login.example.com/admin', name: 'A', scopes: ['admin:users'] },
    ];
    const find = (client: object) => rulesThatFind(GOOD, { clients: [client], resources });
    expect(await find(admin)).toEqual(['admin-sender-constraint']);
    expect(await find({ ...admin, dpop_bound_access_tokens: true })).toEqual([]);
  });

  it('looks at what PostgreSQL keeps, and whom it lets do what', async () => {
    const database = await createTestDatabase();
    await migrate(database.url);
    const variables = { ...GOOD, DATABASE_URL: database.url };
    const find = () => rulesThatFind(variables, {}, DATABASE_RULES);
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    const { rows } = await client.query<{ super: boolean; off: boolean }>(
      `SELECT rolsuper AS super, EXISTS (SELECT FROM pg_settings WHERE setting = 'off'
         AND name IN ('fsync', 'synchronous_commit', 'full_page_writes')) AS off
       FROM pg_roles WHERE rolname = current_user`,
    );
    const before = await find();
    expect(before.includes('postgres-role')).toBe(rows[0]?.super);
    expect(before.includes('postgres-durability')).toBe(rows[0]?.off);
    expect(before).not.toEqual(expect.arrayContaining(['schema-ahead']));
    expect(before).not.toEqual(expect.arrayContaining(['signing-key-age']));

    const { rows: names } = await client.query<{ name: string }>(
      'SELECT current_database() AS name',
    );
    await client.query(`ALTER DATABASE "${names[0]?.name}" SET synchronous_commit = off`);
    await client.query(`INSERT INTO schema_requirement (migration) VALUES ('Later')`);
    await client.query(
      `INSERT INTO signing_key (kid, algorithm, public_jwk, encrypted_private_key, key_version, status, sign_from)
       VALUES ('old', 'ES256', '{}', sha256('a'), 1, 'active', now() - interval '1 year')`,
    );
    await client.end();
    expect(await find()).toEqual(
      expect.arrayContaining(['postgres-durability', 'schema-ahead', 'signing-key-age']),
    );
    await database.drop();
  });

  it('finds who may stand in for people unnamed', async () => {
    const client = {
      ...CLIENT,
      grant_types: ['urn:ietf:params:oauth:grant-type:token-exchange'],
      redirect_uris: [],
      required_acr: undefined,
      scope: 'read',
      own_resource: 'urn:own',
      token_exchange: { resources: ['urn:a'], impersonation: true },
    };
    const document = { clients: [client], resources: RESOURCES };
    expect(await rulesThatFind(GOOD, document)).toContain('impersonation');
  });

  it('finds a secret that everybody on the machine can read', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'keyward-doctor-'));
    const path = join(folder, 'key');
    writeFileSync(path, KEY);
    const variables = {
      ...GOOD,
      AUTH_KEY_ENCRYPTION_KEY: '',
      AUTH_KEY_ENCRYPTION_KEY_FILE: path,
    };
    chmodSync(path, 0o644);
    expect(await rulesThatFind(variables)).toEqual(['secret-file-mode']);
    chmodSync(path, 0o640);
    expect(await rulesThatFind(variables)).toEqual([]);
    rmSync(folder, { recursive: true });
  });

  it('looks at the stores: what they lack, and that they do not answer', async () => {
    const empty = await createTestDatabase();
    const redis = process.env['REDIS_URL'];
    const running = { ...GOOD, DATABASE_URL: empty.url, ...(redis && { REDIS_URL: redis }) };
    const found = await rulesThatFind(running, {}, STORE_RULES);
    expect(found).toContain('migrations');
    expect(found).not.toContain('postgres-reachable');
    await empty.drop();
    const down = {
      ...GOOD,
      DATABASE_URL: 'postgres://keyward:a-password@127.0.0.1:9/keyward',
      REDIS_URL: 'redis://:a-password@127.0.0.1:9',
    };
    expect(await rulesThatFind(down, {}, STORE_RULES)).toEqual(['postgres-reachable', 'redis']);
  });

  it('tells the worst first, and how much there is', async () => {
    const variables = { ...GOOD, NODE_ENV: 'development', AUTH_SMTP_URL: '', AUTH_MAIL_FROM: '' };
    const environment = parseEnvironment(variables);
    const bootstrap = bootstrapOf({});
    const text = diagnosisText(await diagnose({ environment, bootstrap, variables }, RULES));
    expect(text.indexOf('ERROR  production-mode')).toBe(0);
    expect(text).toMatch(/1 error, 0 warnings, 1 note\n$/);
    expect(diagnosisText([])).toBe('nothing found\n');
  });

  it('has a name of its own, a clause and words for each rule', () => {
    const names = [...RULES, ...STORE_RULES, ...DATABASE_RULES].map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const { clause } of [...RULES, ...STORE_RULES, ...DATABASE_RULES])
      expect(clause).not.toBe('');
  });
});
