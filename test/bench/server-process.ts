/** Starts a server of the route benchmarks and asks how much of its time a load takes. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import autocannon from 'autocannon';
import { type ServerSettings } from './servers/settings.js';

const CONNECTIONS = 32;
const SECONDS = 1.5;

/** A running server. */
export class ServerProcess {
  private constructor(
    private readonly child: ChildProcess,
    private readonly port: number,
  ) {}

  static async start(settings: ServerSettings): Promise<ServerProcess> {
    const child = fork(fileURLToPath(new URL('./servers/main.ts', import.meta.url)), {
      env: { ...process.env, BENCH_SERVER: JSON.stringify(settings), NODE_ENV: 'production' },
    });
    const [message] = (await Promise.race([
      once(child, 'message'),
      once(child, 'exit').then(() => Promise.reject(new Error(`${settings.kind} did not start`))),
    ])) as [{ port: number }];
    return new ServerProcess(child, message.port);
  }

  /**
   * Loads the route, each request with the next of `tokens`, and says how many requests a second the
   * server answers while its event loop is busy: what it would do at saturation, even where the load
   * generator, which shares the machine, is the slower of the two.
   */
  async load(tokens: readonly string[]): Promise<number> {
    let next = 0;
    const before = await this.#busySeconds();
    const result = await autocannon({
      url: `http://127.0.0.1:${this.port}/orders`,
      connections: CONNECTIONS,
      duration: SECONDS,
      headers: { authorization: `Bearer ${tokens[0] ?? ''}` },
      ...(tokens.length === 1
        ? {}
        : {
            requests: [
              {
                setupRequest: (request) => {
                  const token = tokens[next++ % tokens.length] ?? '';
                  return { ...request, headers: { authorization: `Bearer ${token}` } };
                },
              },
            ],
          }),
    });
    const seconds = (await this.#busySeconds()) - before;
    if (result.non2xx > 0 || result.errors > 0) {
      throw new Error(`${result.non2xx} refused, ${result.errors} failed: nothing to compare`);
    }
    return result.requests.total / seconds;
  }

  async stop(): Promise<void> {
    this.child.disconnect();
    await once(this.child, 'exit');
  }

  async #busySeconds(): Promise<number> {
    const answer = once(this.child, 'message');
    this.child.send('busy');
    const [{ busyMs }] = (await answer) as [{ busyMs: number }];
    return busyMs / 1000;
  }
}
