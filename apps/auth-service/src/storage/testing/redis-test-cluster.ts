/** A Redis Cluster of local processes: three masters, each with a replica. */
import { type ClusterRedis } from '../../config/redis.servers.js';
import { command, RedisTestDeployment, until } from './redis-test-deployment.js';
import { type RedisTestServer } from './redis-test-server.js';

const SLOTS = 16384;
const MASTERS = 3;
const PASSWORD = 'password-of-the-cluster';
// A master counts as failed after it, and half a second to one later its replica is elected.
const NODE_TIMEOUT_MS = 500;

/** Started by {@link RedisTestCluster.start}. */
export class RedisTestCluster extends RedisTestDeployment {
  static async start(): Promise<RedisTestCluster> {
    const cluster = new RedisTestCluster();
    try {
      await cluster.build();
    } catch (error) {
      await cluster.stop();
      throw error;
    }
    return cluster;
  }

  /** What a connection is told of it: one node, from which it learns of the others. */
  get options(): ClusterRedis {
    const [first] = this.servers as [RedisTestServer];
    return {
      clusterNodes: [
        { host: '127.0.0.1', port: first.port },
        { host: 'localhost', port: first.port },
      ],
      access: { username: undefined, password: PASSWORD, tls: false },
    };
  }

  /** The living master of a key: every other server refuses to say anything about it. */
  async masterOf(key: string): Promise<RedisTestServer> {
    for (const server of this.servers) {
      const answer = await command(server, ['EXISTS', key]).catch(() => null);
      if (answer !== null) return server;
    }
    throw new Error(`no master serves ${key}`);
  }

  private async build(): Promise<void> {
    const nodes = await Promise.all(Array.from({ length: 2 * MASTERS }, () => this.startNode()));
    const masters = nodes.slice(0, MASTERS);
    for (const [index, master] of masters.entries()) {
      const from = Math.ceil((SLOTS * index) / MASTERS);
      const to = Math.ceil((SLOTS * (index + 1)) / MASTERS) - 1;
      await command(master, ['CLUSTER', 'SET-CONFIG-EPOCH', String(index + 1)]);
      await command(master, ['CLUSTER', 'ADDSLOTSRANGE', String(from), String(to)]);
    }
    // Everyone meets everyone: gossip would take seconds.
    for (const node of nodes) {
      for (const { port } of nodes)
        await command(node, ['CLUSTER', 'MEET', '127.0.0.1', `${port}`]);
    }
    for (const node of nodes) {
      await until('the nodes know each other', async () => {
        const lines = (await command(node, ['CLUSTER', 'NODES'])).trim().split('\n');
        return lines.length === nodes.length && !lines.some((line) => line.includes('handshake'));
      });
    }
    for (const [index, replica] of nodes.slice(MASTERS).entries()) {
      const id = await command(masters[index] as RedisTestServer, ['CLUSTER', 'MYID']);
      await command(replica, ['CLUSTER', 'REPLICATE', id]);
    }
    for (const node of nodes) {
      await until('the cluster is whole', async () => {
        const state = await command(node, ['CLUSTER', 'INFO']);
        const replication = await command(node, ['INFO', 'replication']);
        return (
          state.includes('cluster_state:ok') &&
          (replication.includes('master_link_status:up') || /connected_slaves:1/.test(replication))
        );
      });
    }
  }

  private async startNode(): Promise<RedisTestServer> {
    const name = `nodes-${this.servers.length}-${Math.random().toString(36).slice(2)}.conf`;
    return this.startServer({
      password: PASSWORD,
      config: {
        'cluster-enabled': 'yes',
        'cluster-config-file': name,
        'cluster-node-timeout': NODE_TIMEOUT_MS,
        'cluster-replica-validity-factor': 0,
        'repl-diskless-sync-delay': 0,
        masterauth: PASSWORD,
      },
    });
  }
}
