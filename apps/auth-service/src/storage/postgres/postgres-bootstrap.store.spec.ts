import { createHash } from 'node:crypto';
import { type DeclaredClient } from '../../bootstrap/bootstrap.store.js';
import { StartupError } from '../../config/startup.error.js';
import { clientFixture } from '../../testing/client.fixture.js';
import { PARTNER } from '../../testing/exchange.fixture.js';
import { openTestDatabase } from '../../testing/open-database.js';
import { PostgresBootstrapStore } from './postgres-bootstrap.store.js';
import { PostgresClientStore } from './postgres-client.store.js';
import { PostgresPartnerStore } from './postgres-partner.store.js';
import { PostgresResourceStore } from './postgres-resource.store.js';
import { type PostgresDatabase } from './postgres.database.js';
import { resourceFixture } from '../../testing/resource.fixture.js';

const RESOURCE = resourceFixture({ identifier: 'urn:a', name: 'A', scopes: ['a:read', 'a:write'] });
const { disabledAt: _, ...DECLARED } = clientFixture();
const CLIENT: DeclaredClient = {
  ...DECLARED,
  clientId: 'c',
  name: 'C',
  secretSha256: createHash('sha256').update('s').digest(),
  grantTypes: ['client_credentials'],
  scopes: ['a:read'],
  ownResource: 'urn:a',
};

describe('PostgresBootstrapStore', () => {
  let database: PostgresDatabase;
  let close: () => Promise<void>;
  let store: PostgresBootstrapStore;
  let clients: PostgresClientStore;
  beforeEach(async () => {
    ({ database, close } = await openTestDatabase());
    store = new PostgresBootstrapStore(database);
    clients = new PostgresClientStore(database);
  });
  afterEach(() => close());

  it('creates what the other stores then find', async () => {
    await store.apply([RESOURCE], [CLIENT]);
    expect(await clients.find('c')).toMatchObject({ ...CLIENT, disabledAt: null });
    expect(await clients.find('d')).toBeNull();
    const resources = new PostgresResourceStore(database);
    expect(await resources.findOffering(['a:write', 'x'])).toEqual([RESOURCE]);
    expect(await resources.findOffering(['x'])).toEqual([]);
    expect(await resources.findOffering([])).toEqual([]);
  });

  it('orders resources by identifier', async () => {
    await store.apply([{ ...RESOURCE, identifier: 'urn:b' }, RESOURCE], []);
    const found = await new PostgresResourceStore(database).findOffering(['a:read']);
    expect(found.map(({ identifier }) => identifier)).toEqual(['urn:a', 'urn:b']);
  });

  it('updates what changed, and leaves the rest and the disabled alone', async () => {
    await store.apply([RESOURCE], [CLIENT, { ...CLIENT, clientId: 'd' }]);
    await database.manager.query(`UPDATE client SET disabled_at = now() WHERE client_id = 'c'`);
    await store.apply([], [{ ...CLIENT, name: 'New', scopes: [], ownResource: null }]);
    const changed = await clients.find('c');
    expect(changed).toMatchObject({ name: 'New', scopes: [], ownResource: null });
    expect(changed?.disabledAt).toBeInstanceOf(Date);
    expect(await clients.find('d')).toMatchObject({ name: 'C' });
  });

  it('changes nothing when it is applied again, and may be applied by many at once', async () => {
    await Promise.all(Array.from({ length: 5 }, () => store.apply([RESOURCE], [CLIENT])));
    const read = () => database.manager.query(`SELECT *, xmin::text AS version FROM client`);
    const before = await read();
    await store.apply([RESOURCE], [CLIENT]);
    expect(await read()).toEqual(before);
  });

  it('keeps partners as they are declared, but never brings one back that is disabled', async () => {
    const partners = new PostgresPartnerStore(database);
    const { disabled: __, ...declared } = PARTNER;
    await store.apply([], [], [PARTNER]);
    expect(await partners.find(PARTNER.issuer)).toEqual({ ...declared, disabledAt: null });
    expect(await partners.find('https://other.example')).toBeNull();
    await store.apply([], [], [{ ...PARTNER, jwks: null, jwksUri: 'https://a.example/jwks' }]);
    await store.apply([], [], [{ ...PARTNER, partnerId: 'renamed', disabled: true }]);
    await store.apply([], [], [PARTNER]);
    expect(await partners.find(PARTNER.issuer)).toEqual({
      ...declared,
      disabledAt: expect.any(Date),
    });
  });

  it('gives no issuer the subjects of another one', async () => {
    await store.apply([], [], [PARTNER]);
    const other = { ...PARTNER, issuer: 'https://other.example' };
    await expect(store.apply([RESOURCE], [], [other])).rejects.toThrow(StartupError);
    expect(await new PostgresPartnerStore(database).find(other.issuer)).toBeNull();
    expect(await new PostgresResourceStore(database).findOffering(['a:read'])).toEqual([]);
  });

  it('applies all or nothing', async () => {
    const broken = { ...CLIENT, clientId: 'e', ownResource: 'urn:absent' };
    await expect(store.apply([RESOURCE], [CLIENT, broken])).rejects.toThrow(/foreign key/);
    expect(await clients.find('c')).toBeNull();
    expect(await new PostgresResourceStore(database).findOffering(['a:read'])).toEqual([]);
  });
});
