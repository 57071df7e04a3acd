import { type SignedIn, signIn } from './signed-in.js';
import { startTopology } from './start-topology.js';
import { SteadyLoad } from './steady.load.js';
import { type Topology } from './topology.js';
import { describeTopology, TOPOLOGY_TIMEOUT_MS, until } from './topology.suite.js';

const KINDS = ['token', 'introspection', 'refresh', 'orders', 'metadata'];

describeTopology('a deployment under load', () => {
  let topology: Topology;
  let people: SignedIn[];
  beforeAll(async () => {
    topology = await startTopology();
    people = [await signIn(topology), await signIn(topology), await signIn(topology)];
  }, TOPOLOGY_TIMEOUT_MS);
  afterAll(() => topology.stop(), TOPOLOGY_TIMEOUT_MS);

  const isReplica = (service: string) => service.startsWith('auth-service');
  const say = (line: string) => process.stdout.write(`${topology.name}: ${line}\n`);

  /** Until every part answers again, orders-service by the feed included. */
  const isWhole = async () => {
    const token = await topology.token(topology.writer);
    if ((await topology.callOrders(token)).status !== 200) return false;
    await topology.post('/oauth2/revoke', topology.writer, { token });
    await until(async () => (await topology.callOrders(token)).status === 401);
    return true;
  };

  it(
    'loses no request while each replica of auth-service restarts in turn, and the first once more',
    async () => {
      const replicas = topology.services.filter(isReplica);
      expect(replicas).toHaveLength(2);
      const load = await SteadyLoad.start(topology, people);
      for (const replica of [...replicas, ...replicas.slice(0, 1)]) await topology.restart(replica);
      const { answered, busy, lost, wrong } = await load.stop();
      const counts = JSON.stringify(answered);
      say(`through three restarts of auth-service: ${counts} answered, ${busy.length} put off`);
      expect({ lost, wrong }).toEqual({ lost: [], wrong: [] });
      // The stores were there all the time: only a machine that does not keep up puts something off.
      expect(busy.length).toBeLessThan(50);
      // That there was a load at all, of every kind.
      for (const kind of KINDS) expect(answered[kind]).toBeGreaterThan(20);
      await until(isWhole);
    },
    TOPOLOGY_TIMEOUT_MS,
  );

  it(
    'survives the restart of any other part: nothing is answered wrongly, and all of it comes back',
    async () => {
      for (const service of topology.services.filter((one) => !isReplica(one))) {
        const load = await SteadyLoad.start(topology, people);
        await topology.restart(service);
        await until(isWhole);
        const { answered, busy, lost, wrong } = await load.stop();
        const unavailable = lost.length + busy.length;
        const total = Object.values(answered).reduce((sum, n) => sum + n, 0);
        say(`restarted ${service}: ${total} answered, ${unavailable} unavailable meanwhile`);
        expect({ service, wrong }).toEqual({ service, wrong: [] });
        expect(total).toBeGreaterThan(20);
      }
    },
    TOPOLOGY_TIMEOUT_MS,
  );
});
