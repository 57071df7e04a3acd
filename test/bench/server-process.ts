/** Starts a server of the route benchmarks and asks how much of its time a load takes. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import autocannon from 'autocannon';
import { type ServerSettings } from './servers/settings.js';

const PROBE = new URL('./servers/busy.probe.ts', import.meta.url).href;
const CONNECTIONS = 32;
const SECONDS = 1.5;

/** The media type of OAuth requests. */
export const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

/** What every connection sends, over and over. */
export type Load = Pick<
  autocannon.Options,
  'method' | 'headers' | 'body' | 'requests' | 'amount' | 'connections'
>;

/** A running server. */
export class ServerProcess {
  private constructor(
    private readonly child: ChildProcess,
    private readonly port: number,
  ) {}

  /** Starts one of the servers of the route benchmarks. */
  static start(settings: ServerSettings): Promise<ServerProcess> {
    return ServerProcess.fork('./servers/main.ts', {
      BENCH_SERVER: JSON.stringify(settings),
      NODE_ENV: 'production',
    });
  }

  /**
   * Starts a program that tells its port when it can be used.
   * @param program relative to this file
   */
  static async fork(program: string, env: Record<string, string>): Promise<ServerProcess> {
    const child = fork(fileURLToPath(new URL(program, import.meta.url)), {
      env: { ...process.env, ...env },
    });
    const { port } = await firstMessage<{ port: number }>(child, program);
    return new ServerProcess(child, port);
  }

  /**
   * Starts a program that knows nothing of benchmarks, and waits until it is ready.
   * @param file an absolute path
   * @throws Error with its output where it ends before
   */
  static async forkProgram(
    file: string,
    env: Record<string, string>,
    port: number,
    readyPath: string,
  ): Promise<ServerProcess> {
    const child = fork(file, {
      execArgv: [...process.execArgv, '--import', PROBE],
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => (output = (output + chunk.toString()).slice(-10_000)));
    }
    while (!(await answers(`http://127.0.0.1:${port}${readyPath}`))) {
      if (child.exitCode !== null) throw new Error(`${file} did not start:\n${output}`);
      await sleep(50);
    }
    return new ServerProcess(child, port);
  }

  /** A request for a fixture, before the load. @throws Error where it is not answered 200 */
  async post(path: string, headers: Record<string, string>, body: string): Promise<unknown> {
    const response = await fetch(`http://127.0.0.1:${this.port}${path}`, {
      method: 'POST',
      headers: { ...FORM, ...headers },
      body,
    });
    if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
    return response.json();
  }

  /** What a path answers, before the load. */
  async get(path: string): Promise<unknown> {
    return (await fetch(`http://127.0.0.1:${this.port}${path}`)).json();
  }

  /**
   * Loads the route, each request with the next of `tokens`.
   * @returns see {@link ServerProcess.measure}
   */
  load(tokens: readonly string[]): Promise<number> {
    let next = 0;
    return this.measure('/orders', {
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
  }

  /**
   * Loads a path and says how many requests the server answers for each second that its event loop works:
   * what it would do at saturation, even where the load generator, which shares the machine, is the slower
   * of the two. What other threads do for it meanwhile (signatures, the collection of garbage) is not in it.
   *
   * @throws Error where any request failed or was refused
   */
  async measure(path: string, load: Load): Promise<number> {
    const before = await this.#busySeconds();
    const result = await autocannon({
      url: `http://127.0.0.1:${this.port}${path}`,
      connections: CONNECTIONS,
      duration: SECONDS,
      ...load,
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

/** What a program tells first. @throws Error where it ends before */
export async function firstMessage<T>(child: ChildProcess, name: string): Promise<T> {
  const [message] = (await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(() => Promise.reject(new Error(`${name} did not start`))),
  ])) as [T];
  return message;
}

async function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    ({ status }) => status === 200,
    () => false,
  );
}
