import { InvalidScopeError, InvalidTargetError } from '@keyward/oauth';
import { resourceFixture } from '../testing/resource.fixture.js';
import { DerivedTargetResolver } from './derived-target.resolver.js';
import { ResourceStore } from './resource.store.js';

const RESOURCES = [
  resourceFixture({ identifier: 'urn:a', scopes: ['read', 'write'] }),
  resourceFixture({ identifier: 'urn:b', scopes: ['read', 'audit'] }),
];

class ListedResourceStore extends ResourceStore {
  async findOffering(): Promise<never> {
    throw new Error('nobody asks what offers a scope');
  }

  async findNamed(identifiers: readonly string[]) {
    return RESOURCES.filter(({ identifier }) => identifiers.includes(identifier));
  }
}

const resolver = new DerivedTargetResolver(new ListedResourceStore());
const SUBJECT = ['read', 'write'];
const CLIENT = ['read', 'audit'];
const resolve = (scope: string[] | null, ...resources: string[]) =>
  resolver.resolve(
    { scope, resources },
    { scopes: [SUBJECT, CLIENT], resources: [['urn:a', 'urn:b', 'urn:gone']] },
  );

describe('DerivedTargetResolver', () => {
  it.each([
    ['all that is left where nothing is asked for', null],
    ['what is asked for', ['read']],
  ])('grants %s, at the one resource', async (_, scope) => {
    expect(await resolve(scope, 'urn:b')).toEqual({ scope: ['read'], audience: ['urn:b'] });
  });

  it.each([
    ['the subject lacks', ['audit'], 'urn:b'],
    ['the client lacks', ['read', 'write'], 'urn:a'],
    ['nobody has', ['x'], 'urn:a'],
    ['no resource of that name offers', null, 'urn:gone'],
  ])('refuses a scope that %s', async (_, scope, resource) => {
    await expect(resolve(scope, resource)).rejects.toThrow(InvalidScopeError);
  });

  it.each([[[]], [['urn:a', 'urn:b']], [['urn:c']], [['URN:A']]])(
    'refuses the resources %j',
    async (resources) => {
      await expect(resolve(['read'], ...resources)).rejects.toThrow(InvalidTargetError);
    },
  );

  it('refuses a resource that one of several parties excludes', async () => {
    const limits = { scopes: [SUBJECT], resources: [['urn:a'], ['urn:b']] };
    await expect(resolver.resolve({ scope: null, resources: ['urn:a'] }, limits)).rejects.toThrow(
      InvalidTargetError,
    );
  });
});
