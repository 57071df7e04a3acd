import { setTimeout as sleep } from 'node:timers/promises';
import { decodeProtectedHeader } from 'jose';
import { createTestDatabase, type TestDatabase } from '../storage/testing/test-database.js';
import { basic, SHARED_KEY, TestApplication } from '../testing/test-application.js';
import { RevocationService } from './revocation.service.js';
import { ORIGIN } from '../testing/request-origin.fixture.js';

/** Within it every replica has heard of it by the journal. */
const BOUND_MS = 5000;

describe('a signing key that is revoked', () => {
  let database: TestDatabase;
  let replicas: TestApplication[];
  beforeEach(async () => {
    database = await createTestDatabase();
    const start = () => TestApplication.start({ database, environment: SHARED_KEY });
    replicas = [await start(), await start()];
  });
  afterEach(async () => {
    for (const replica of replicas) await replica.stop();
    await database.drop();
  });

  const kids = async (replica: TestApplication): Promise<string[]> => {
    const response = await fetch(replica.url('/.well-known/jwks.json'));
    const { keys } = (await response.json()) as { keys: { kid: string }[] };
    return keys.map(({ kid }) => kid);
  };
  const kidOf = async (replica: TestApplication) =>
    decodeProtectedHeader((await replica.token('shop')).access_token).kid ?? '';

  it('is out of every JWK Set, signs nothing more, and the standby signs in its place', async () => {
    const [first, second] = replicas as [TestApplication, TestApplication];
    const { access_token: token } = await first.token('shop');
    const revoked = decodeProtectedHeader(token).kid ?? '';
    const standby = (await kids(second)).filter((kid) => kid !== revoked);

    const service = first.app.get(RevocationService, { strict: false });
    await service.revokeKey(revoked, { reason: 'stolen', by: 'server' }, ORIGIN);
    for (const replica of replicas) {
      const end = Date.now() + BOUND_MS;
      while ((await kids(replica)).includes(revoked) && Date.now() < end) await sleep(20);
      const left = await kids(replica);
      expect(left).not.toContain(revoked);
      expect(left).toHaveLength(2);
      expect([await kidOf(replica)]).toEqual(standby);
      const form = { token };
      const answer = await replica.post('/oauth2/introspect', form, basic('orders'));
      expect(await answer.json()).toEqual({ active: false });
    }
  });
});
