import { readFileSync } from 'node:fs';
import { sectionOf } from '@keyward/configuration';
import { configurationDocument } from './configuration.document.js';
import { SECRET_VARIABLES } from './variable.descriptions.js';

describe('docs/configuration.md', () => {
  it('says what the schema says (npm run configuration)', () => {
    const url = new URL('../../../../docs/configuration.md', import.meta.url);
    expect(sectionOf(readFileSync(url, 'utf8'), 'orders-service')).toBe(configurationDocument());
  });

  it('marks everything that holds a password or a key', () => {
    expect([...SECRET_VARIABLES].sort()).toEqual([
      'ORDERS_CLIENT_SECRET',
      'ORDERS_REVOCATIONS_REDIS_URL',
    ]);
  });
});
