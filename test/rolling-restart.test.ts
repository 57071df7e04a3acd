import { RedisTestServer } from '@keyward/auth-service/testing';
import { ProcessTopology } from './topology/process.topology.js';
import { signIn } from './topology/signed-in.js';
import { SteadyLoad } from './topology/steady.load.js';

const wanted = RedisTestServer.isInstalled() || process.env['CI'] === 'true';
const TIMEOUT_MS = 120_000;

(wanted ? describe : describe.skip)('a rolling restart of auth-service (real Redis)', () => {
  let topology: ProcessTopology;
  beforeAll(async () => {
    topology = await ProcessTopology.start();
  }, TIMEOUT_MS);
  afterAll(() => topology.stop());

  it(
    'loses no request, twice over both replicas',
    async () => {
      const people = [await signIn(topology), await signIn(topology), await signIn(topology)];
      const load = await SteadyLoad.start(topology, people);
      for (const replica of ['auth-service-1', 'auth-service-2', 'auth-service-1']) {
        await topology.restart(replica);
      }
      const { answered, lost } = await load.stop();
      process.stdout.write(`answered through three restarts: ${JSON.stringify(answered)}\n`);
      expect(lost).toEqual([]);
      // That there was a load at all, of every kind.
      for (const kind of ['token', 'introspection', 'refresh', 'orders', 'metadata']) {
        expect(answered[kind]).toBeGreaterThan(20);
      }
    },
    TIMEOUT_MS,
  );

  it('is followed by the feed: a revocation reaches orders-service afterwards', async () => {
    const token = await topology.token(topology.writer);
    expect((await topology.callOrders(token)).status).toBe(200);
    await topology.post('/oauth2/revoke', topology.writer, { token });
    const end = Date.now() + 20_000;
    let { status } = await topology.callOrders(token);
    while (status !== 401 && Date.now() < end) ({ status } = await topology.callOrders(token));
    expect(status).toBe(401);
  });
});
