/** The deployment of docker-compose.yml, which is up already: `test/compose/run` says which project. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseEnv, promisify } from 'node:util';
import { readFile } from 'node:fs/promises';
import { Topology } from './topology.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const RESTART_LIMIT_MS = 180_000;
const MAX_OUTPUT_BYTES = 256 * 1024 * 1024;

/** One container of the project. */
interface Container {
  readonly Service: string;
  readonly State: string;
}

export class ComposeTopology extends Topology {
  readonly name = 'containers';

  private constructor(
    private readonly project: string,
    private readonly environmentFile: string,
    private readonly environment: NodeJS.Dict<string>,
    readonly services: readonly string[],
  ) {
    super();
  }

  /**
   * @param project the project's name
   * @param environmentFile what it was started with: ports and secrets
   */
  static async attach(project: string, environmentFile: string): Promise<ComposeTopology> {
    const environment = parseEnv(await readFile(environmentFile, 'utf8'));
    const { stdout } = await compose(project, environmentFile, 'ps', '--format', 'json');
    const running = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Container)
      .filter(({ State }) => State === 'running')
      .map(({ Service }) => Service);
    // The replicas of auth-service first, the stores last.
    const services = running.sort((a, b) => rank(a) - rank(b) || a.localeCompare(b));
    return new ComposeTopology(project, environmentFile, environment, services);
  }

  get issuer(): string {
    return this.#origin('KEYWARD_AUTH_PORT');
  }

  get orders(): string {
    return this.#origin('KEYWARD_ORDERS_PORT');
  }

  get payments(): string {
    return this.#origin('KEYWARD_PAYMENTS_PORT');
  }

  get storefront(): string {
    return this.#origin('KEYWARD_STOREFRONT_PORT');
  }

  protected secret(name: string): string {
    const value = this.environment[name];
    if (value === undefined) throw new Error(`${this.environmentFile} has no ${name}`);
    return value;
  }

  async restart(service: string): Promise<void> {
    await this.#compose('restart', '--no-deps', service);
    // Compose waits for health at `up` alone; what runs already is left as it is.
    await this.#compose('up', '--detach', '--no-deps', '--no-recreate', '--wait', service);
  }

  async authServiceLog(): Promise<string> {
    const replicas = this.services.filter((service) => service.startsWith('auth-service'));
    return (await this.#compose('logs', '--no-log-prefix', ...replicas)).stdout;
  }

  /** Whoever brought it up takes it down. */
  async stop(): Promise<void> {
    await Promise.resolve();
  }

  #compose(...command: string[]) {
    return compose(this.project, this.environmentFile, ...command);
  }

  #origin(port: string): string {
    return `http://127.0.0.1:${this.secret(port)}`;
  }
}

function rank(service: string): number {
  if (service.startsWith('auth-service')) return 0;
  return service === 'postgres' || service === 'redis' ? 2 : 1;
}

function compose(project: string, environmentFile: string, ...command: string[]) {
  return promisify(execFile)(
    'docker',
    ['compose', '--project-name', project, '--env-file', environmentFile, ...command],
    { cwd: ROOT, timeout: RESTART_LIMIT_MS, maxBuffer: MAX_OUTPUT_BYTES },
  );
}
