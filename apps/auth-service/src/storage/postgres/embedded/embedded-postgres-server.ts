/** The PostgreSQL server that Keyward brings along, for when no DATABASE_URL names another. */
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { Client, escapeIdentifier } from 'pg';
import { prepareDataDirectory } from './data-directory.js';
import { DirectoryLock } from './directory-lock.js';
import { type EmbeddedBinaries, findEmbeddedBinaries } from './embedded-binaries.js';
import { stopOnExit } from './exit-hook.js';
import { stopOrphanedPostmaster } from './orphan-postmaster.js';
import { EMBEDDED_USER, openCluster, type PostgresCluster } from './postgres-cluster.js';
import { Postmaster } from './postmaster.js';
import { reachableBinaries } from './reachable-binaries.js';
import { type ServerUser } from './server-user.js';

const HOST = '127.0.0.1';
const START_ATTEMPTS = 3;

/** How an embedded server is started. */
export interface EmbeddedPostgresOptions {
  /** The folder that keeps the data, the password and the lock; made where it is missing. */
  readonly directory: string;
  /** The database that {@link EmbeddedPostgresServer.url} names, created where it is missing. Default `keyward`. */
  readonly database?: string;
  /** The loopback port. Default: one that is free. */
  readonly port?: number;
  /** Receives what happens besides the ordinary, a line at a time. Default: nothing is told. */
  readonly log?: (line: string) => void;
  /** Faster, but a crash of the machine destroys the data: only for data that is thrown away. Default false. */
  readonly unsafeWithoutFsync?: boolean;
  /**
   * For root alone: where the data and the programs go that the server's user cannot enter in their own
   * place. Default `/var/lib/keyward`.
   */
  readonly sharedPlace?: string;
}

/**
 * A real PostgreSQL server on a folder, reachable from this machine alone and by password. One process at a
 * time owns the folder. The server ends with its process, and where that was killed, at the next start.
 */
export class EmbeddedPostgresServer {
  private constructor(
    /** The connection string, password included: a secret. */
    readonly url: string,
    private readonly postmaster: Postmaster,
    private readonly end: () => void,
  ) {}

  /**
   * Starts the server and resolves when its database can be used.
   * @throws DirectoryInUseError where another process owns the folder.
   * @throws NoEmbeddedBinariesError where there is no PostgreSQL for this platform.
   * @throws NoEntryError where root's substitute cannot enter the folder and there is no other place for it.
   * @throws Error that says what to do, where the port is taken or the folder is another user's.
   */
  static async start(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgresServer> {
    const { database = EMBEDDED_USER, log = () => undefined, sharedPlace } = options;
    const installed = findEmbeddedBinaries();
    const { directory, user } = prepareDataDirectory(resolve(options.directory), log, sharedPlace);
    const binaries = reachableBinaries(installed, user, log, sharedPlace);
    const lock = DirectoryLock.acquire(directory);
    try {
      const sync = options.unsafeWithoutFsync !== true;
      const cluster = await openCluster(directory, binaries, user, sync);
      const { postmaster, port, forget } = await startPostmaster(options, cluster, binaries, user);
      const url = (name: string) =>
        `postgres://${EMBEDDED_USER}:${cluster.password}@${HOST}:${port}/${encodeURIComponent(name)}`;
      const end = () => {
        forget();
        lock.release();
      };
      const server = new EmbeddedPostgresServer(url(database), postmaster, end);
      try {
        await createDatabase(url('postgres'), database);
      } catch (error) {
        await server.stop();
        throw error;
      }
      return server;
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  /** Ends the server in order and gives the folder free. Bears repetition. */
  async stop(): Promise<void> {
    await this.postmaster.stop();
    this.end();
  }
}

async function startPostmaster(
  options: EmbeddedPostgresOptions,
  { dataDirectory }: PostgresCluster,
  binaries: EmbeddedBinaries,
  user: ServerUser,
): Promise<{ postmaster: Postmaster; port: number; forget: () => void }> {
  const { log = () => undefined } = options;
  for (let attempt = 1; ; attempt += 1) {
    // Each time anew: a server whose parent was killed during its start may appear only now.
    await stopOrphanedPostmaster(dataDirectory, log);
    const port = await freePort(options.port);
    const settings = serverSettings(port, options.unsafeWithoutFsync === true);
    const postmaster = new Postmaster({ binaries, dataDirectory, user, settings, log });
    const forget = stopOnExit(postmaster);
    try {
      await postmaster.ready();
      return { postmaster, port, forget };
    } catch (error) {
      forget();
      // Between the search and the use of a free port another program may have taken it.
      if (attempt === START_ATTEMPTS) throw error;
    }
  }
}

function serverSettings(port: number, withoutFsync: boolean): Record<string, string> {
  return {
    listen_addresses: HOST,
    port: String(port),
    unix_socket_directories: '',
    timezone: 'UTC',
    log_timezone: 'UTC',
    // Details of an error quote rows, and its statement may quote values: neither belongs in a log.
    log_error_verbosity: 'terse',
    log_min_error_statement: 'panic',
    ...(withoutFsync && { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
}

async function freePort(wanted = 0): Promise<number> {
  const probe = createServer().listen(wanted, HOST);
  try {
    await once(probe, 'listening');
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code;
    throw new Error(`PostgreSQL cannot listen on ${HOST}:${wanted} (${why}).`, { cause: error });
  }
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

async function createDatabase(url: string, name: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
}
