import { InvalidScopeError, InvalidTargetError } from '@keyward/oauth';
import { clientFixture } from '../testing/client.fixture.js';
import { GrantTargetResolver } from './grant-target.resolver.js';
import { type Resource } from './resource.js';
import { ResourceStore } from './resource.store.js';
import { TargetResolver } from './target.resolver.js';
import { resourceFixture } from '../testing/resource.fixture.js';

const ISSUER = 'https://login.example.com';
const A: Resource = resourceFixture({
  identifier: 'urn:a',
  name: 'A',
  scopes: ['a:read', 'audit'],
});
const B: Resource = resourceFixture({
  identifier: 'urn:b',
  name: 'B',
  scopes: ['b:read', 'audit'],
});

class ListedResourceStore extends ResourceStore {
  async findOffering(scopes: readonly string[]): Promise<readonly Resource[]> {
    return [A, B].filter((resource) => resource.scopes.some((token) => scopes.includes(token)));
  }

  async findNamed(identifiers: readonly string[]): Promise<readonly Resource[]> {
    return [A, B].filter(({ identifier }) => identifiers.includes(identifier));
  }
}

const store = new ListedResourceStore();
const resolver = new GrantTargetResolver(new TargetResolver(store), store, { issuer: ISSUER });
const client = clientFixture({
  grantTypes: ['authorization_code', 'refresh_token'],
  scopes: ['openid', 'email', 'offline_access', 'a:read', 'b:read', 'audit'],
});
const tokens = (scope: string) => scope.split(' ');

describe('GrantTargetResolver.resolve', () => {
  it.each([
    ['openid email', [], 'openid email', []],
    ['openid', [ISSUER], 'openid', []],
    ['openid a:read offline_access', [], 'openid a:read offline_access', ['urn:a']],
    ['a:read offline_access', [], 'a:read offline_access', ['urn:a']],
    ['openid audit', ['urn:b'], 'openid audit', ['urn:b']],
    ['openid a:read', ['urn:a', ISSUER], 'openid a:read', ['urn:a']],
    [null, [], 'a:read b:read audit', ['urn:a', 'urn:b']],
    [null, ['urn:a'], 'a:read audit', ['urn:a']],
  ])('grants %s at %j', async (scope, resources, granted, grantedResources) => {
    expect(
      await resolver.resolve(client, { scope: scope === null ? null : tokens(scope), resources }),
    ).toEqual({ scope: tokens(granted), resources: grantedResources });
  });

  it('leaves offline_access out for a client without the refresh token grant', async () => {
    const without = { ...client, grantTypes: ['authorization_code'] };
    const scope = ['openid', 'offline_access'];
    expect((await resolver.resolve(without, { scope, resources: [] })).scope).toEqual(['openid']);
  });

  it.each([
    ['openid unknown', [], InvalidScopeError],
    ['openid profile', [], InvalidScopeError],
    ['email', [], InvalidScopeError],
    ['email a:read', [], InvalidScopeError],
    ['offline_access', [], InvalidScopeError],
    ['openid', ['urn:a'], InvalidScopeError],
    ['openid a:read', [ISSUER], InvalidScopeError],
    ['openid b:read', ['urn:a'], InvalidScopeError],
    ['openid a:read', ['urn:x'], InvalidTargetError],
    ['a:read', [ISSUER], InvalidTargetError],
    ['openid a:read', ['urn:a', `${ISSUER}/`], InvalidTargetError],
  ])('refuses %s at %j', async (scope, resources, expected) => {
    await expect(resolver.resolve(client, { scope: tokens(scope), resources })).rejects.toThrow(
      expected,
    );
  });
});

describe('GrantTargetResolver.narrow', () => {
  const granted = {
    scope: tokens('openid email offline_access a:read audit'),
    resources: ['urn:a', 'urn:b'],
  };

  it.each([
    ['all of a grant', [], 'openid email offline_access a:read audit', ['urn:a', 'urn:b', ISSUER]],
    ['one resource', ['urn:a'], 'a:read audit', ['urn:a']],
    ['the other', ['urn:b'], 'audit', ['urn:b']],
    ['the issuer', [ISSUER], 'openid email offline_access', [ISSUER]],
    [
      'a resource and the issuer',
      ['urn:b', ISSUER],
      'openid email offline_access audit',
      ['urn:b', ISSUER],
    ],
  ])('gives a token for %s', async (_, wanted, scope, audience) => {
    expect(await resolver.narrow(granted, wanted)).toEqual({ scope: tokens(scope), audience });
  });

  it('names the issuer only where openid was granted', async () => {
    const plain = { scope: ['a:read'], resources: ['urn:a'] };
    expect((await resolver.narrow(plain, [])).audience).toEqual(['urn:a']);
    await expect(resolver.narrow(plain, [ISSUER])).rejects.toThrow(InvalidTargetError);
  });

  it.each(['urn:c', 'URN:A', 'urn:a/'])('refuses %s', async (resource) => {
    await expect(resolver.narrow(granted, ['urn:a', resource])).rejects.toThrow(InvalidTargetError);
  });

  it('refuses a resource that offers nothing of the grant any more', async () => {
    const old = { scope: ['gone'], resources: ['urn:gone'] };
    await expect(resolver.narrow(old, ['urn:gone'])).rejects.toThrow(InvalidTargetError);
  });
});
