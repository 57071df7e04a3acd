import { readFileSync } from 'node:fs';
import { sectionOf } from '@keyward/configuration';
import { configurationDocument } from './configuration.document.js';
import { SECRET_VARIABLES } from './variable.descriptions.js';

describe('docs/configuration.md', () => {
  it('says what the schema says (npm run configuration)', () => {
    const url = new URL('../../../../docs/configuration.md', import.meta.url);
    expect(sectionOf(readFileSync(url, 'utf8'), 'storefront')).toBe(configurationDocument());
  });

  it('marks everything that holds a password or a key', () => {
    expect([...SECRET_VARIABLES].sort()).toEqual([
      'STOREFRONT_CLIENT_SECRET',
      'STOREFRONT_REDIS_URL',
      'STOREFRONT_SEALING_KEYS',
    ]);
  });
});
