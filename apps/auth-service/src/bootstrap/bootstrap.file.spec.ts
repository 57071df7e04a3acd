import { createHash } from 'node:crypto';
import { ConfigurationError } from '../config/configuration.error.js';
import { clientFixture } from '../testing/client.fixture.js';
import { MFA_ACR } from '../authentication/acr.js';
import { parseBootstrap } from './bootstrap.file.js';

const RESOURCE = { identifier: 'https://a.example.com', name: 'A', scopes: ['a:read', 'a:write'] };
const CLIENT = {
  client_id: 'c',
  name: 'C',
  token_endpoint_auth_method: 'client_secret_basic',
  grant_types: ['client_credentials'],
  scope: 'a:read',
  client_secret: { env: 'SECRET' },
};
const ENVIRONMENT = { SECRET: 'a-secret' };

function parse(document: unknown, environment: NodeJS.ProcessEnv = ENVIRONMENT) {
  return parseBootstrap(JSON.stringify(document), environment);
}

function problemsOf(document: unknown, environment?: NodeJS.ProcessEnv): readonly string[] {
  try {
    parse(document, environment);
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
}

const withClient = (change: object) => ({
  resources: [RESOURCE],
  clients: [{ ...CLIENT, ...change }],
});
const withResource = (change: object) => ({ resources: [{ ...RESOURCE, ...change }], clients: [] });

const ACCOUNT = {
  account_id: '3f0e8d2a-5b1c-4e6f-8a7d-9c2b1e0f4a6d',
  username: 'alice',
  password: { env: 'PASSWORD' },
};
const STAFF = { name: 'staff', required_acr: MFA_ACR };
const withAccounts = (...accounts: object[]) => ({ resources: [], clients: [], accounts });

const {
  disabledAt: _disabledAt,
  previousSecretSha256: _previousSecret,
  previousSecretUntil: _until,
  source: _source,
  ...DECLARED
} = clientFixture();

describe('parseBootstrap', () => {
  it('turns a document into clients and resources, and a secret into its digest', () => {
    const { resources, clients } = parse({
      resources: [RESOURCE],
      clients: [
        CLIENT,
        {
          ...CLIENT,
          client_id: 'rs',
          scope: '',
          grant_types: [],
          own_resource: RESOURCE.identifier,
        },
      ],
    });
    expect(resources).toEqual([{ ...RESOURCE, signingAlgorithm: null, encryption: null }]);
    expect(clients).toEqual([
      {
        ...DECLARED,
        clientId: 'c',
        name: 'C',
        authenticationMethod: 'client_secret_basic',
        secretSha256: createHash('sha256').update('a-secret').digest(),
        grantTypes: ['client_credentials'],
        scopes: ['a:read'],
        ownResource: null,
      },
      expect.objectContaining({ clientId: 'rs', scopes: [], ownResource: RESOURCE.identifier }),
    ]);
  });

  it('turns what is left out of an account into null', () => {
    const { accounts } = parse(withAccounts({ ...ACCOUNT, name: 'Alice' }), { PASSWORD: 'pw' });
    expect(accounts).toEqual([
      {
        account: {
          accountId: ACCOUNT.account_id,
          username: 'alice',
          name: 'Alice',
          givenName: null,
          familyName: null,
          picture: null,
          locale: null,
          zoneinfo: null,
          email: null,
          emailVerified: false,
          phoneNumber: null,
          phoneNumberVerified: false,
          address: null,
          groups: [],
        },
        password: 'pw',
      },
    ]);
  });

  it.each([
    [{ token_endpoint_auth_method: 'client_secret_post' }, 'confidential'],
    [{ token_endpoint_auth_method: 'none', client_secret: undefined }, 'spa'],
    [
      { token_endpoint_auth_method: 'none', client_secret: undefined, application_type: 'native' },
      'native',
    ],
    [{ refresh_profile: 'mcp' }, 'mcp'],
  ])('gives a client of %j the refresh profile %s', (change, profile) => {
    const { clients } = parse(withClient({ grant_types: [], ...change }));
    expect(clients[0]?.refreshProfile).toBe(profile);
  });

  it('reads groups, and who is in them', () => {
    const document = { ...withAccounts({ ...ACCOUNT, groups: ['staff'] }), groups: [STAFF] };
    const { groups, accounts } = parse(document, { PASSWORD: 'pw' });
    expect(groups).toEqual([{ name: 'staff', requiredAcr: MFA_ACR }]);
    expect(accounts[0]?.account.groups).toEqual(['staff']);
  });

  it('substitutes variables, and defaults where they are absent or empty', () => {
    const document = withResource({
      identifier: 'https://${HOST:-localhost}:${PORT}/a',
      name: '${EMPTY:-fallback}${NONE:-}',
    });
    const { resources } = parse(document, { PORT: '8080', EMPTY: '' });
    expect(resources[0]).toMatchObject({
      identifier: 'https://localhost:8080/a',
      name: 'fallback',
    });
  });

  it.each([
    [
      'a variable that is not there',
      withResource({ name: '${ABSENT}x' }),
      /needs the variable ABSENT/,
    ],
    ['a relative identifier', withResource({ identifier: 'orders' }), /resources\.0\.identifier/],
    [
      'an identifier with a fragment',
      withResource({ identifier: 'https://a/#x' }),
      /resources\.0\.identifier/,
    ],
    ['a resource without scopes', withResource({ scopes: [] }), /resources\.0\.scopes/],
    ['a scope with a space', withResource({ scopes: ['a b'] }), /resources\.0\.scopes\.0/],
    ['an unknown member', withResource({ scope: 'a' }), /resources\.0/],
    [
      'a scope that nothing offers',
      withClient({ scope: 'a:read b:read' }),
      /client c: no resource offers the scope b:read/,
    ],
    ['a malformed scope', withClient({ scope: 'a:read  a:write' }), /clients\.0\.scope/],
    [
      'an unsupported grant',
      withClient({ grant_types: ['password'] }),
      /clients\.0\.grant_types\.0/,
    ],
    [
      'an unknown way to authenticate',
      withClient({ token_endpoint_auth_method: 'client_secret_jwt' }),
      /clients\.0\.token_endpoint_auth_method/,
    ],
    [
      'a client whose members contradict each other',
      withClient({ token_endpoint_auth_method: 'none' }),
      /^client c: client_secret is not for none$/,
    ],
    [
      'a scope of OpenID Connect at a resource',
      withResource({ scopes: ['a:read', 'email'] }),
      /^resource https:\/\/a\.example\.com: the scope email/,
    ],
    [
      'a group that is not declared',
      withAccounts({ ...ACCOUNT, groups: ['staf'] }),
      /account alice: the group staf is not declared/,
    ],
    [
      'a group twice',
      { resources: [], clients: [], groups: [STAFF, STAFF] },
      /declares the group staff twice/,
    ],
    [
      'a group that demands what this server does not know',
      { resources: [], clients: [], groups: [{ ...STAFF, required_acr: 'urn:mfa' }] },
      /groups\.0\.required_acr/,
    ],
    [
      'a client that demands a sure sign-in and has nobody sign in',
      withClient({ required_acr: MFA_ACR }),
      /client c: required_acr: nobody signs in/,
    ],
    ['an account twice', withAccounts(ACCOUNT, ACCOUNT), /declares the account .+ twice/],
    [
      'a username twice',
      withAccounts(ACCOUNT, { ...ACCOUNT, account_id: 'a4e2c8f0-1b3d-4c5e-8f7a-9b0c1d2e3f4a' }),
      /declares the username alice twice/,
    ],
    ['a username in upper case', withAccounts({ ...ACCOUNT, username: 'Alice' }), /username/],
    [
      'a password in the file',
      withAccounts({ ...ACCOUNT, password: 'x' }),
      /accounts\.0\.password/,
    ],
    ['an account id of its own', withAccounts({ ...ACCOUNT, account_id: '1' }), /account_id/],
    [
      'a password that is not set',
      withAccounts({ ...ACCOUNT, password: { env: 'ABSENT' } }),
      /ABSENT, the password of account alice, is not set/,
    ],
    ['a client id with a space', withClient({ client_id: 'a b' }), /clients\.0\.client_id/],
    [
      'a secret in the file',
      withClient({ client_secret: 'a-secret' }),
      /clients\.0\.client_secret/,
    ],
    [
      'a secret that is not set',
      withClient({ client_secret: { env: 'ABSENT' } }),
      /ABSENT, the secret of client c, is not set/,
    ],
    [
      'an own resource that is none',
      withClient({ own_resource: 'https://b.example.com' }),
      /client c: own_resource/,
    ],
    [
      'a client twice',
      { resources: [RESOURCE], clients: [CLIENT, CLIENT] },
      /declares the client c twice/,
    ],
    [
      'a resource twice',
      { resources: [RESOURCE, RESOURCE], clients: [] },
      /declares the resource https:\/\/a\.example\.com twice/,
    ],
    ['an array', [], /AUTH_BOOTSTRAP_FILE/],
  ])('refuses %s', (_, document, expected) => {
    expect(problemsOf(document)).toContainEqual(expect.stringMatching(expected));
  });

  it('lists every problem at once', () => {
    expect(problemsOf(withClient({ client_id: '', name: '', scope: '"' }))).toHaveLength(3);
    expect(problemsOf(withClient({ scope: 'x', own_resource: 'urn:x' }), {})).toHaveLength(3);
  });

  it.each(['tooshort', 'change-me-change-me-change-me-change-me', 'example-secret'])(
    'refuses the secret %s in production alone, and does not repeat it',
    (secret) => {
      expect(problemsOf(withClient({}), { SECRET: secret })).toEqual([]);
      const problems = problemsOf(withClient({}), { SECRET: secret, NODE_ENV: 'production' });
      expect(problems).toEqual([expect.stringMatching(/^SECRET, the secret of client c, is /)]);
      expect(problems.join()).not.toContain(secret);
    },
  );

  it.each(['tooshort', 'change-me-change-me-change-me', 'example-password'])(
    'refuses the password %s in production alone, and does not repeat it',
    (password) => {
      const document = withAccounts(ACCOUNT);
      expect(problemsOf(document, { PASSWORD: password })).toEqual([]);
      const problems = problemsOf(document, { PASSWORD: password, NODE_ENV: 'production' });
      expect(problems).toEqual([
        expect.stringMatching(/^PASSWORD, the password of account alice,/),
      ]);
      expect(problems.join()).not.toContain(password);
    },
  );

  it('refuses text that is not JSON', () => {
    expect(() => parseBootstrap('{', {})).toThrow('AUTH_BOOTSTRAP_FILE is not JSON');
  });
});
