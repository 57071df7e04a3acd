/** A private Redis for one test run, from the redis-server that the machine has. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { freeLoopbackPort } from '../support/free-loopback-port.js';

const PROGRAM = 'redis-server';
const START_ATTEMPTS = 3;

/** A Redis on a free loopback port, with a password, that keeps nothing. */
export class RedisTestServer {
  private constructor(
    /** The connection string, password included. */
    readonly url: string,
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
  static async start(directory: string): Promise<RedisTestServer> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await RedisTestServer.startOn(await freeLoopbackPort(), directory);
      } catch (error) {
        // Between the search and the use of a free port another program may have taken it.
        if (attempt === START_ATTEMPTS) throw error;
      }
    }
  }

  private static async startOn(port: number, directory: string): Promise<RedisTestServer> {
    const password = randomBytes(24).toString('base64url');
    // In a session of its own: Ctrl-C is meant for the runner, which stops the server last.
    const child = spawn(PROGRAM, ['-'], { detached: true, stdio: ['pipe', 'pipe', 'inherit'] });
    const server = new RedisTestServer(`redis://:${password}@127.0.0.1:${port}`, child);
    const config = {
      port,
      bind: '127.0.0.1',
      dir: JSON.stringify(directory),
      save: '""',
      appendonly: 'no',
      requirepass: password,
    };
    // By the standard input and not by arguments, which every user of the machine can list.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(
      Object.entries(config)
        .map(([name, value]) => `${name} ${value}\n`)
        .join(''),
    );
    const problem = await untilReady(child);
    if (problem === null) return server;
    await server.stop();
    throw new Error(`redis-server did not start:\n${problem}`);
  }

  /** Ends the server. Bears repetition. */
  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const closed = once(this.child, 'close');
    this.child.kill('SIGTERM');
    await closed;
  }
}

/** Null as soon as the server takes connections; what it said where it ends before. */
function untilReady(child: ChildProcess): Promise<string | null> {
  const said: string[] = [];
  return new Promise((resolve) => {
    const lines = createInterface({ input: child.stdout as NonNullable<ChildProcess['stdout']> });
    lines.on('line', (line) => {
      said.push(line);
      if (line.includes('Ready to accept connections')) resolve(null);
    });
    child.once('error', (error) => resolve(String(error)));
    child.once('close', () => resolve(said.join('\n')));
  });
}
