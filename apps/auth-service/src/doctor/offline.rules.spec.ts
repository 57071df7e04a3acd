import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseBootstrap } from '../bootstrap/bootstrap.file.js';
import { parseEnvironment } from '../config/environment.schema.js';
import { diagnose } from './diagnosis.js';
import { OFFLINE_RULES } from './offline.rules.js';

const KEY = Buffer.alloc(32, 1).toString('base64url');
const OTHER_KEY = Buffer.alloc(32, 2).toString('base64url');

const GOOD = {
  AUTH_ISSUER: 'https://login.example.com',
  AUTH_TRUSTED_PROXIES: '10.0.0.1',
  AUTH_KEY_ENCRYPTION_KEY: KEY,
  AUTH_REFRESH_TOKEN_KEYS: `1:${OTHER_KEY}`,
  DATABASE_URL: 'postgres://keyward:a-password@db/keyward?sslmode=verify-full',
  REDIS_URL: 'rediss://:a-password@redis:6379',
  WEB_SECRET: 'x'.repeat(40),
};
const PRODUCTION = { NODE_ENV: 'production' };

const WEB = {
  client_id: 'web',
  name: 'Web',
  token_endpoint_auth_method: 'private_key_jwt',
  jwks_uri: 'https://web.example.com/jwks',
  grant_types: ['authorization_code'],
  redirect_uris: ['https://web.example.com/callback'],
  scope: 'openid',
  required_acr: 'urn:keyward:acr:mfa',
};
const PUBLIC = {
  ...WEB,
  token_endpoint_auth_method: 'none',
  jwks_uri: undefined,
  application_type: 'native',
};
const SERVICE = { ...WEB, redirect_uris: [], required_acr: undefined };
const ADMIN = { ...SERVICE, grant_types: ['client_credentials'], scope: 'admin:users' };
const EXCHANGER = {
  ...SERVICE,
  grant_types: ['urn:ietf:params:oauth:grant-type:token-exchange'],
  scope: 'read',
  own_resource: 'urn:own',
};

const RESOURCES = [
  { identifier: 'urn:a', name: 'A', scopes: ['read'] },
  { identifier: 'urn:own', name: 'Own', scopes: ['own'] },
  { identifier: 'https://login.example.com/admin', name: 'Admin', scopes: ['admin:users'] },
];

const DOCUMENTS = { AUTH_CLIENT_METADATA_DOCUMENT_SCOPES: 'read' };

/** What is different from a deployment as it should be. */
interface Case {
  readonly variables?: NodeJS.ProcessEnv;
  readonly clients?: readonly object[];
  readonly resources?: readonly object[];
}

const set = (name: string, value: string): Case => ({ variables: { [name]: value } });
const client = (one: object): Case => ({ clients: [one] });

/** Each rule: by what it finds something, and the nearest thing that is right. */
const CASES: readonly (readonly [rule: string, ill: Case, well: Case])[] = [
  [
    'issuer-https',
    set('AUTH_ISSUER', 'http://login.example.com'),
    set('AUTH_ISSUER', 'http://127.0.0.1:4000'),
  ],
  ['insecure-http-issuer', set('AUTH_INSECURE_HTTP_ISSUER', 'true'), {}],
  ['production-mode', {}, { variables: PRODUCTION }],
  [
    'trusted-proxies',
    set('AUTH_TRUSTED_PROXIES', ''),
    { variables: { AUTH_TRUSTED_PROXIES: '', AUTH_ISSUER: 'http://127.0.0.1:4000' } },
  ],
  [
    'trusted-proxies-wide',
    set('AUTH_TRUSTED_PROXIES', '8.0.0.0/7'),
    set('AUTH_TRUSTED_PROXIES', '10.0.0.0/8,fc00::/7'),
  ],
  [
    'cors-http-origin',
    set('AUTH_CORS_ORIGINS', 'http://app.example.com'),
    set('AUTH_CORS_ORIGINS', 'https://app.example.com,http://127.0.0.1:3000'),
  ],
  [
    'store-transport',
    set('DATABASE_URL', 'postgres://keyward:a-password@db/keyward?sslmode=require'),
    set('DATABASE_URL', 'postgres://keyward:a-password@127.0.0.1/keyward'),
  ],
  [
    'smtp-transport',
    {},
    {
      variables: {
        AUTH_SMTP_URL: 'smtps://login:mail-password@mail.example.com:465',
        AUTH_MAIL_FROM: 'login@example.com',
      },
    },
  ],
  ['limit-off', set('AUTH_LIMIT_TOKEN', 'off'), set('AUTH_LIMIT_TOKEN', '1/d')],
  [
    'redis-password',
    set('REDIS_URL', 'rediss://redis:6379'),
    set('REDIS_URL', 'redis://127.0.0.1:6379'),
  ],
  [
    'signing-key-lifetime',
    set('AUTH_SIGNING_KEY_ROTATION_SECONDS', '31536001'),
    set('AUTH_SIGNING_KEY_ROTATION_SECONDS', '31536000'),
  ],
  ['secrets-in-environment', { variables: PRODUCTION }, { variables: { NODE_ENV: 'development' } }],
  ['outbound-private', set('AUTH_OUTBOUND_ALLOWED_HOSTS', 'keys.internal'), {}],
  [
    'client-documents',
    { variables: { ...DOCUMENTS, AUTH_CLIENT_METADATA_DOCUMENTS: '*' } },
    { variables: { ...DOCUMENTS, AUTH_CLIENT_METADATA_DOCUMENTS: 'app.example.com' } },
  ],
  [
    'access-token-lifetime',
    set('AUTH_ACCESS_TOKEN_SECONDS', '901'),
    set('AUTH_ACCESS_TOKEN_SECONDS', '900'),
  ],
  [
    'signing-algorithm',
    set('AUTH_SIGNING_ALGORITHM', 'RS256'),
    set('AUTH_SIGNING_ALGORITHM', 'EdDSA'),
  ],
  ['dpop-nonce', set('AUTH_DPOP_NONCE', 'off'), set('AUTH_DPOP_NONCE', 'required')],
  [
    'keys-apart',
    set('AUTH_REFRESH_TOKEN_KEYS', `1:${OTHER_KEY},2:${KEY}`),
    set('AUTH_REFRESH_TOKEN_KEYS', `1:${OTHER_KEY},2:${Buffer.alloc(32, 3).toString('base64url')}`),
  ],
  [
    'session-lifetime',
    set('AUTH_SESSION_ABSOLUTE_SECONDS', '86401'),
    set('AUTH_SESSION_ABSOLUTE_SECONDS', '86400'),
  ],
  [
    'password-alone',
    client({ ...WEB, required_acr: undefined }),
    { ...client({ ...WEB, required_acr: undefined }), ...set('AUTH_PASSWORD_MIN_LENGTH', '15') },
  ],
  [
    'client-secret',
    client({
      ...WEB,
      token_endpoint_auth_method: 'client_secret_basic',
      jwks_uri: undefined,
      client_secret: { env: 'WEB_SECRET' },
    }),
    client(WEB),
  ],
  [
    'impersonation',
    client({ ...EXCHANGER, token_exchange: { resources: ['urn:a'], impersonation: true } }),
    client({ ...EXCHANGER, token_exchange: { resources: ['urn:a'] } }),
  ],
  [
    'loopback-redirect',
    client({ ...WEB, redirect_uris: ['http://127.0.0.1:3000/callback'] }),
    client({ ...PUBLIC, redirect_uris: ['http://127.0.0.1/callback'] }),
  ],
  [
    'private-use-scheme',
    client({ ...PUBLIC, redirect_uris: ['com.example.app:/callback'] }),
    client({ ...PUBLIC, redirect_uris: ['https://app.example.com/callback'] }),
  ],
  ['admin-sender-constraint', client(ADMIN), client({ ...ADMIN, dpop_bound_access_tokens: true })],
  [
    'first-party-public',
    client({ ...PUBLIC, first_party: true, redirect_uris: ['com.example.app:/callback'] }),
    client({ ...PUBLIC, first_party: true }),
  ],
  [
    'shared-redirect',
    { clients: [WEB, { ...WEB, client_id: 'other' }] },
    {
      clients: [
        WEB,
        { ...WEB, client_id: 'other', redirect_uris: ['https://other.example.com/callback'] },
      ],
    },
  ],
  [
    'ambiguous-scope',
    { resources: [...RESOURCES, { identifier: 'urn:b', name: 'B', scopes: ['read'] }] },
    { resources: [...RESOURCES, { identifier: 'urn:b', name: 'B', scopes: ['b:read'] }] },
  ],
];

async function rulesThatFind({ variables = {}, ...document }: Case): Promise<readonly string[]> {
  const all = { ...GOOD, ...variables };
  const whole = JSON.stringify({ resources: RESOURCES, clients: [WEB], ...document });
  const deployment = {
    environment: parseEnvironment(all),
    bootstrap: parseBootstrap(whole, all),
    variables: all,
  };
  return (await diagnose(deployment, OFFLINE_RULES)).map(({ rule }) => rule);
}

describe('the rules that need nothing but the configuration', () => {
  it.each(CASES)(
    '%s finds what is wrong, and nothing where it is right',
    async (rule, ill, well) => {
      expect(await rulesThatFind(ill)).toContain(rule);
      expect(await rulesThatFind(well)).not.toContain(rule);
    },
  );

  it.each([
    [0o644, true],
    [0o640, false],
  ])('secret-file-mode looks at a file of mode %o: %s', async (mode, isFound) => {
    const folder = mkdtempSync(join(tmpdir(), 'keyward-doctor-'));
    const path = join(folder, 'key');
    writeFileSync(path, KEY);
    chmodSync(path, mode);
    const variables = { AUTH_KEY_ENCRYPTION_KEY: '', AUTH_KEY_ENCRYPTION_KEY_FILE: path };
    expect((await rulesThatFind({ variables })).includes('secret-file-mode')).toBe(isFound);
    rmSync(folder, { recursive: true });
  });

  it('all stand in the tables above', () => {
    const named = [...CASES.map(([rule]) => rule), 'secret-file-mode'];
    expect(named.sort()).toEqual(OFFLINE_RULES.map(({ name }) => name).sort());
  });
});
