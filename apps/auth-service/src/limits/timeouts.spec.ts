import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { DataSource } from 'typeorm';
import { RemoteRecipientKey } from '../issuance/remote-recipient.key.js';
import { LogoutSender } from '../logout/logout.sender.js';
import { SmtpMailer } from '../mail/smtp.mailer.js';
import { OutboundClient, SystemNameResolver } from '../outbound/outbound.client.js';
import { OutboundPolicy, type OutboundRules } from '../outbound/outbound.policy.js';
import { servingOptions } from '../storage/postgres/postgres.options.js';
import { RedisConnection } from '../storage/redis/redis.connection.js';
import { createTestDatabase, type TestDatabase } from '../storage/testing/test-database.js';
import { upstreamFetch } from '../upstream/upstream.fetch.js';

/** Longer than any wait that is allowed, on a machine that does much else. */
const PATIENCE_MS = 25_000;
const ALLOWED_RULES: OutboundRules = { allowedHosts: [], allowedNetworks: [], allowLoopback: true };

describe('a peer that accepts and never answers', () => {
  let peer: Server;
  let database: TestDatabase;
  const sockets = new Set<Socket>();

  beforeAll(async () => {
    database = await createTestDatabase();
    peer = createServer((socket) => {
      sockets.add(socket.on('error', () => undefined).resume());
    }).listen(0, '127.0.0.1');
    await once(peer, 'listening');
  });
  afterAll(async () => {
    sockets.forEach((socket) => socket.destroy());
    peer.close();
    await database.drop();
  });

  const at = (scheme: string) => `${scheme}://127.0.0.1:${(peer.address() as AddressInfo).port}`;
  const outbound = () =>
    new OutboundClient(new OutboundPolicy(ALLOWED_RULES), new SystemNameResolver());
  const never = new AbortController().signal;

  const WAITS: Readonly<Record<string, () => Promise<unknown>>> = {
    'a mail': () => {
      const from = 'login@example.com';
      const mailer = new SmtpMailer({ server: new URL(at('smtp')), from });
      return mailer.send({ to: 'alice@example.com', subject: 'a', text: 'b' });
    },
    'another provider': () => upstreamFetch(at('http'), requestOf('GET')),
    'a logout token': () => new LogoutSender(outbound()).send(at('http'), 'token', never),
    'a JWK Set of a client': () => outbound().fetch(at('http'), { headers: {}, signal: never }),
    'a key to encrypt to': () =>
      new RemoteRecipientKey(at('http'), 'ECDH-ES', outbound().fetch).find(),
    'a connection to PostgreSQL': () =>
      new DataSource(servingOptions(`${at('postgres')}/keyward`, () => undefined)).initialize(),
    'a connection to Redis': () => {
      const options = { url: at('redis'), keyPrefix: '', requireNoEviction: false };
      const redis = new RedisConnection({ ...options, startTimeoutMs: 1000 });
      return redis.onModuleInit().finally(() => redis.onApplicationShutdown());
    },
    'a statement that does not end': () => statement('SELECT pg_sleep(60)'),
    'a lock that nobody gives back': async () => {
      const holder = await new DataSource(
        servingOptions(database.url, () => undefined),
      ).initialize();
      const runner = holder.createQueryRunner();
      try {
        await runner.query('SELECT pg_advisory_lock(1)');
        await statement('SELECT pg_advisory_lock(1)');
      } finally {
        await runner.release();
        await holder.destroy();
      }
    },
  };

  async function statement(sql: string): Promise<void> {
    const source = await new DataSource(servingOptions(database.url, () => undefined)).initialize();
    try {
      await source.query(sql);
    } finally {
      await source.destroy();
    }
  }

  // All at once: together they take as long as the longest.
  let outcomes: ReadonlyMap<string, Promise<Outcome>>;
  beforeAll(() => {
    outcomes = new Map(Object.entries(WAITS).map(([name, wait]) => [name, outcomeOf(wait())]));
  });

  it.each(Object.keys(WAITS))(
    'does not hold up %s',
    async (name) => {
      const outcome = await outcomes.get(name);
      expect(outcome?.text).toMatch(/^failed: /);
      // It waited: nothing else was wrong with it.
      expect(outcome?.tookMs).toBeGreaterThan(500);
    },
    PATIENCE_MS + 5000,
  );
});

function requestOf(method: string) {
  return { method, headers: {}, body: undefined, redirect: 'manual' as const };
}

interface Outcome {
  readonly text: string;
  readonly tookMs: number;
}

async function outcomeOf(work: Promise<unknown>): Promise<Outcome> {
  const startedMs = performance.now();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve('still waits'), PATIENCE_MS);
  });
  const end = work.then(
    () => 'succeeded',
    (error: unknown) => `failed: ${String(error)}`,
  );
  const text = await Promise.race([end, late]).finally(() => clearTimeout(timer));
  return { text, tookMs: performance.now() - startedMs };
}
