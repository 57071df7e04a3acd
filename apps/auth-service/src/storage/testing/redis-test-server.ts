/** A redis-server process of a test, from the one that the machine has installed. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { freeLoopbackPort } from './free-loopback-port.js';

const PROGRAM = 'redis-server';
const READY = /Ready to accept connections|Sentinel ID is/;
const START_ATTEMPTS = 3;
// A node of a cluster listens on the port 10000 above its own as well.
const MAX_PORT = 55_535;

/** What a server may be started with. */
export interface RedisTestServerOptions {
  /** Default: a free one. */
  readonly port?: number;
  /** Default: a random one. */
  readonly password?: string;
  /** Directives of redis.conf. */
  readonly config?: Readonly<Record<string, string | number>>;
  /** As a Sentinel, which rewrites its configuration and so reads it from a file. Default: false. */
  readonly sentinel?: boolean;
  /** As a system that survives a write beyond its file size limit (SIGXFSZ). Default: it ends by it. */
  readonly outlivesFileSizeLimit?: boolean;
}

/** A Redis on a loopback port, with a password, that by default keeps nothing. */
export class RedisTestServer {
  private constructor(
    readonly port: number,
    /** Where it works. */
    readonly directory: string,
    /** Null where none is asked for: at a Sentinel. */
    readonly password: string | null,
    private readonly child: ChildProcess,
  ) {}

  /** Whether this machine has a redis-server on its PATH. */
  static isInstalled(): boolean {
    return spawnSync(PROGRAM, ['--version'], { stdio: 'ignore' }).status === 0;
  }

  /**
   * Starts a server that works in `directory` and resolves when it can be used.
   * @throws Error with the server's words where it does not start.
   */
  static async start(
    directory: string,
    options: RedisTestServerOptions = {},
  ): Promise<RedisTestServer> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await RedisTestServer.startOn(
          options.port ?? (await freeClusterPort()),
          directory,
          options,
        );
      } catch (error) {
        // Between the search and the use of a free port another program may have taken it.
        if (attempt === START_ATTEMPTS) throw error;
      }
    }
  }

  private static async startOn(
    port: number,
    directory: string,
    options: RedisTestServerOptions,
  ): Promise<RedisTestServer> {
    const { password = randomBytes(24).toString('base64url'), config, sentinel = false } = options;
    const stores = { save: '""', appendonly: 'no', requirepass: password };
    const text = Object.entries({
      port,
      bind: '127.0.0.1',
      dir: JSON.stringify(directory),
      ...(sentinel ? {} : stores),
      ...config,
    })
      .map(([name, value]) => `${name} ${value}\n`)
      .join('');
    const file = join(directory, `sentinel-${port}.conf`);
    if (sentinel) writeFileSync(file, text, { mode: 0o600 });
    // In a session of its own: Ctrl-C is meant for the runner, which stops the server last.
    const args = sentinel ? [file, '--sentinel'] : ['-'];
    const [program, ...rest] = options.outlivesFileSizeLimit
      ? ['sh', '-c', `trap '' XFSZ; exec ${PROGRAM} "$@"`, PROGRAM, ...args]
      : [PROGRAM, ...args];
    const child = spawn(program, rest, {
      detached: true,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    endWithThisProcess(child);
    const server = new RedisTestServer(port, directory, sentinel ? null : password, child);
    // By the standard input and not by arguments, which every user of the machine can list.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(text);
    const problem = await untilReady(child);
    if (problem === null) return server;
    await server.stop();
    throw new Error(`redis-server did not start:\n${problem}`);
  }

  /** The connection string, password included. */
  get url(): string {
    const access = this.password === null ? '' : `:${this.password}@`;
    return `redis://${access}127.0.0.1:${this.port}`;
  }

  /** Its process id. */
  get pid(): number {
    return this.child.pid as number;
  }

  /** Ends the server. Bears repetition. */
  async stop(): Promise<void> {
    await this.end('SIGTERM');
  }

  /** Ends it at once, as a crash would. Bears repetition. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const closed = once(this.child, 'close');
    this.child.kill(signal);
    await closed;
  }
}

/** Kills a child where this process ends without having stopped it. */
function endWithThisProcess(child: ChildProcess): void {
  const kill = () => void child.kill('SIGKILL');
  process.once('exit', kill);
  child.once('close', () => process.off('exit', kill));
}

async function freeClusterPort(): Promise<number> {
  for (;;) {
    const port = await freeLoopbackPort();
    if (port <= MAX_PORT) return port;
  }
}

/** Null as soon as the server takes connections; what it said where it ends before. */
function untilReady(child: ChildProcess): Promise<string | null> {
  const said: string[] = [];
  return new Promise((resolve) => {
    const lines = createInterface({ input: child.stdout as NonNullable<ChildProcess['stdout']> });
    lines.on('line', (line) => {
      said.push(line);
      if (READY.test(line)) resolve(null);
    });
    child.once('error', (error) => resolve(String(error)));
    child.once('close', () => resolve(said.join('\n')));
  });
}
