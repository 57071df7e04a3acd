import { createHash } from 'node:crypto';
import { ConfigurationError } from '../config/configuration.error.js';
import { clientFixture } from '../testing/client.fixture.js';
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

const { disabledAt: _, ...DECLARED } = clientFixture();

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
    expect(resources).toEqual([RESOURCE]);
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
      'no authentication',
      withClient({ token_endpoint_auth_method: 'none' }),
      /clients\.0\.token_endpoint_auth_method/,
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

  it('refuses text that is not JSON', () => {
    expect(() => parseBootstrap('{', {})).toThrow('AUTH_BOOTSTRAP_FILE is not JSON');
  });
});
