/** Where scope, roles and client are found, and what is not taken for them. */
import { claimAt, clientIdOf, rolesOf, scopesOf, type ClaimPath } from './claim-mapping.js';

const CLAIMS = JSON.parse(`{
  "scope": "read  write read ",
  "scp": ["read", "admin", ""],
  "permissions": [],
  "role": "one role with spaces",
  "realm_access": { "roles": ["user", "user"], "deep": { "er": ["x"] } },
  "https://example.com/roles": ["namespaced"],
  "a.b": "dotted",
  "a": { "b": "nested" },
  "list": [{ "name": "first" }],
  "number": 1, "null": null, "true": true, "object": {}, "empty": "",
  "mixed": ["a", 1], "nulls": [null]
}`) as Record<string, unknown>;

describe('claimAt', () => {
  it.each<[ClaimPath, unknown]>([
    ['a.b', 'dotted'],
    [['a', 'b'], 'nested'],
    [['a.b'], 'dotted'],
    ['https://example.com/roles', ['namespaced']],
    [['realm_access', 'deep', 'er'], ['x']],
    [['list', '0', 'name'], 'first'],
    ['missing', undefined],
    [['missing', 'further'], undefined],
    [['scope', 'further'], undefined],
    [['number', 'further'], undefined],
    [['null', 'further'], undefined],
    [['scope', 'length'], undefined],
    ['constructor', undefined],
    ['__proto__', undefined],
    [['constructor', 'name'], undefined],
    [['object', 'toString'], undefined],
    [['a', 'hasOwnProperty'], undefined],
  ])('finds at %j own members only', (path, value) => {
    expect(claimAt(CLAIMS, path)).toEqual(value);
  });
});

describe('scopesOf', () => {
  it.each<[readonly ClaimPath[], readonly string[]]>([
    [['scope'], ['read', 'write']],
    [['scp'], ['read', 'admin']],
    [
      ['scope', 'scp', 'permissions', 'missing'],
      ['read', 'write', 'admin'],
    ],
    [['permissions'], []],
    [['empty'], []],
    [[], []],
  ])('reads %j as %j', (paths, scopes) => {
    expect(scopesOf(CLAIMS, paths)).toEqual(scopes);
    expect(Object.isFrozen(scopesOf(CLAIMS, paths))).toBe(true);
  });
});

describe('rolesOf', () => {
  it.each<[readonly ClaimPath[], readonly string[]]>([
    [[['realm_access', 'roles']], ['user']],
    [['role'], ['one role with spaces']],
    [
      ['role', ['realm_access', 'roles'], 'https://example.com/roles'],
      ['one role with spaces', 'user', 'namespaced'],
    ],
    [[], []],
  ])('reads %j as %j', (paths, roles) => {
    expect(rolesOf(CLAIMS, paths)).toEqual(roles);
    expect(Object.isFrozen(rolesOf(CLAIMS, paths))).toBe(true);
  });
});

describe('clientIdOf', () => {
  it('takes the first of its claims that is present', () => {
    const claims = { azp: 'second', appid: 'third' };
    expect(clientIdOf(claims, ['client_id', 'azp', 'appid'])).toBe('second');
    expect(clientIdOf(claims, ['client_id'])).toBeUndefined();
    expect(clientIdOf(claims, [])).toBeUndefined();
  });

  it.each(['empty', 'number', 'null', 'true', 'object', 'scp'])('refuses the claim %s', (name) => {
    expect(() => clientIdOf(CLAIMS, [name])).toThrow(/claims: claim_type/);
  });

  it('refuses a wrong type instead of passing on to the next claim', () => {
    expect(() => clientIdOf({ client_id: null, azp: 'x' }, ['client_id', 'azp'])).toThrow(
      /claim_type/,
    );
  });
});

describe.each([
  ['scopesOf', scopesOf],
  ['rolesOf', rolesOf],
])('%s', (_, read) => {
  it.each(['number', 'null', 'true', 'object', 'mixed', 'nulls', 'realm_access', 'list'])(
    'refuses the claim %s, naming it',
    (name) => {
      expect(() => read(CLAIMS, ['scope', name])).toThrow(`${name} is not made of strings`);
    },
  );
});
