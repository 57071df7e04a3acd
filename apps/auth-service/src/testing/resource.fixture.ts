/** A registered resource for unit tests, of which each test says what matters to it. */
import { type Resource } from '../resource/resource.js';

/** A resource whose tokens are as the server's own. */
export function resourceFixture(change: Partial<Resource> = {}): Resource {
  return {
    identifier: 'https://orders.example',
    name: 'Orders',
    scopes: ['orders:read'],
    signingAlgorithm: null,
    encryption: null,
    ...change,
  };
}
