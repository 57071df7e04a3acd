import { InvalidScopeError, InvalidTargetError } from '@keyward/oauth';
import { type Client } from '../client/client.js';
import { type Resource } from './resource.js';
import { ResourceStore } from './resource.store.js';
import { TargetResolver } from './target.resolver.js';
import { resourceFixture } from '../testing/resource.fixture.js';

const A: Resource = resourceFixture({
  identifier: 'urn:a',
  name: 'A',
  scopes: ['a:read', 'a:write', 'audit'],
});
const B: Resource = resourceFixture({
  identifier: 'urn:b',
  name: 'B',
  scopes: ['b:read', 'audit'],
});
const C: Resource = resourceFixture({ identifier: 'urn:c', name: 'C', scopes: ['c:read'] });

class ListedResourceStore extends ResourceStore {
  async findOffering(scopes: readonly string[]): Promise<readonly Resource[]> {
    return [A, B, C].filter((resource) => resource.scopes.some((token) => scopes.includes(token)));
  }

  async findNamed(): Promise<readonly Resource[]> {
    return [A, B, C];
  }
}

const resolver = new TargetResolver(new ListedResourceStore());
const client = (...scopes: string[]) => ({ clientId: 'x', scopes }) as unknown as Client;
const resolve = (of: Client, scope: string[] | null, ...resources: string[]) =>
  resolver.resolve(of, { scope, resources });

describe('TargetResolver', () => {
  it.each([
    [
      'all its scopes, where nothing is asked for',
      null,
      [],
      ['a:read', 'b:read'],
      ['urn:a', 'urn:b'],
    ],
    ['one scope, at its resource alone', ['b:read'], [], ['b:read'], ['urn:b']],
    ['all its scopes of one resource', null, ['urn:a'], ['a:read'], ['urn:a']],
    ['both resources by name', null, ['urn:b', 'urn:a'], ['a:read', 'b:read'], ['urn:a', 'urn:b']],
    [
      'only the resources whose scopes it gets',
      ['a:read'],
      ['urn:a', 'urn:b'],
      ['a:read'],
      ['urn:a'],
    ],
  ])('grants %s', async (_, scope, resources, granted, audience) => {
    const target = await resolve(client('a:read', 'b:read'), scope, ...resources);
    expect(target).toEqual({ scope: granted, audience });
  });

  it('grants a scope of two resources at both, or at the one that is asked for', async () => {
    expect((await resolve(client('audit'), null)).audience).toEqual(['urn:a', 'urn:b']);
    expect((await resolve(client('audit'), ['audit'], 'urn:b')).audience).toEqual(['urn:b']);
  });

  it.each([
    ['unknown', ['x'], []],
    ['offered but not registered for the client', ['a:write'], []],
    ['half good', ['a:read', 'a:write'], []],
    ['registered, but not at the asked resource', ['b:read'], ['urn:a']],
  ])('refuses a scope that is %s', async (_, scope, resources) => {
    await expect(resolve(client('a:read', 'b:read'), scope, ...resources)).rejects.toThrow(
      InvalidScopeError,
    );
  });

  it.each(['urn:x', 'urn:c', 'URN:A', 'urn:a/'])('refuses the resource %s', async (resource) => {
    await expect(resolve(client('a:read'), null, 'urn:a', resource)).rejects.toThrow(
      InvalidTargetError,
    );
  });

  it('refuses a client that may have nothing, or only what no resource offers', async () => {
    await expect(resolve(client(), null)).rejects.toThrow(InvalidScopeError);
    await expect(resolve(client('gone'), null)).rejects.toThrow(InvalidScopeError);
  });
});
