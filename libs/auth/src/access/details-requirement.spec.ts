import { type ExecutionContext } from '@nestjs/common';
import { type Principal } from '../principal/principal.js';
import { AuthorizationDetails } from './access.decorators.js';
import { ownAccess } from './access-metadata.js';
import { type DetailPredicate, unmetDetails } from './details-requirement.js';

const context = {} as ExecutionContext;
const principal = {
  authorizationDetails: [
    { type: 'payment', value: 1 },
    { type: 'payment', value: 2 },
    { type: 'a' },
  ],
} as unknown as Principal;
const isMet = (type: string, accepts?: DetailPredicate) =>
  unmetDetails([{ type, accepts }], principal, context) === undefined;

describe('unmetDetails', () => {
  it('wants a detail of the type, and one that is accepted', () => {
    expect(isMet('payment')).toBe(true);
    expect(isMet('other')).toBe(false);
    expect(isMet('payment', ({ value }) => value === 2)).toBe(true);
    expect(isMet('payment', ({ value }) => value === 3)).toBe(false);
    expect(isMet('a', ({ type }) => type === 'payment')).toBe(false);
  });

  it.each<[string, DetailPredicate]>([
    [
      'throws',
      () => {
        throw new Error('no');
      },
    ],
    ['promises', (() => Promise.resolve(true)) as unknown as DetailPredicate],
    ['answers with something that is true in a way', (() => 'yes') as unknown as DetailPredicate],
  ])('is not met by a predicate that %s', (_, accepts) => {
    expect(isMet('payment', accepts)).toBe(false);
  });

  it('wants all of several', () => {
    const both = [
      { type: 'payment', accepts: undefined },
      { type: 'missing', accepts: undefined },
    ];
    expect(unmetDetails(both, principal, context)).toBe(both[1]);
    expect(unmetDetails([], principal, context)).toBeUndefined();
  });
});

describe('@AuthorizationDetails', () => {
  it('adds up where it is used twice, and needs a type', () => {
    class Controller {
      handle(): void {
        return undefined;
      }
    }
    const { handle } = Controller.prototype;
    const descriptor = { value: handle };
    AuthorizationDetails('a')(Controller.prototype, 'handle', descriptor);
    AuthorizationDetails('b')(Controller.prototype, 'handle', descriptor);
    expect(ownAccess(handle)?.authorizationDetails?.map(({ type }) => type)).toEqual(['a', 'b']);
    expect(() => AuthorizationDetails('')).toThrow(TypeError);
  });
});
