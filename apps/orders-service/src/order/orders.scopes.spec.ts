/** What must not compile: the typecheck target reads this file, and an error that is missing is one. */
import { AnyScope, Scopes, type Scope } from '@keyward/auth';
import { ORDERS_SCOPES } from './orders.scopes.js';

describe('the scopes of orders-service', () => {
  it('compile as they are declared, and not otherwise', () => {
    const declared: readonly Scope[] = ['orders:read', 'orders:write'];
    expect(Object.keys(ORDERS_SCOPES)).toEqual(declared);
    expect([
      Scopes('orders:read'),
      Scopes('orders:read', 'orders:write'),
      AnyScope('orders:read', 'orders:write'),
      // @ts-expect-error -- misspelt
      Scopes('orders:raed'),
      // @ts-expect-error -- the second one is misspelt
      Scopes('orders:read', 'orders:wirte'),
      // @ts-expect-error -- nobody declared it
      AnyScope('orders:delete'),
    ]).toHaveLength(6);
  });
});
