import { InvalidRequestError } from '@keyward/oauth';
import { actingFor } from './acting.party.js';

describe('actingFor', () => {
  it('names one actor where nobody acted before', () => {
    expect(actingFor('a', undefined)).toEqual({ sub: 'a' });
  });

  it('puts who acted before within who acts now, and stops at the fifth', () => {
    const three = actingFor('c', actingFor('b', actingFor('a', undefined)));
    expect(three).toEqual({ sub: 'c', act: { sub: 'b', act: { sub: 'a' } } });
    const four = actingFor('a', three);
    expect(four).toEqual({ sub: 'a', act: three });
    expect(() => actingFor('d', four)).toThrow(InvalidRequestError);
  });
});
