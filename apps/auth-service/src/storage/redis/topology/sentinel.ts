/** One Redis Sentinel, asked for a master. */
import { type RedisAccess, type RedisAddress } from '../../../config/redis.servers.js';
import { createRedisClient, type RedisCommands, within } from '../redis.client.js';

const TIMEOUT_MS = 500;

/** What a Sentinel says. */
export interface NamedMaster extends RedisAddress {
  /** Grows with every fail-over. */
  readonly configEpoch: number;
}

/** Connects at once, and again for as long as it is not closed. */
export class Sentinel {
  readonly #client: RedisCommands;
  readonly #connected: Promise<unknown>;

  constructor(sentinel: RedisAddress & RedisAccess) {
    this.#client = createRedisClient(sentinel, '');
    // A Sentinel that is down is no problem while another answers.
    this.#client.on('error', () => undefined);
    this.#connected = this.#client.connect();
    this.#connected.catch(() => undefined);
  }

  /**
   * The master of this name.
   * @throws Error where the Sentinel knows none, or does not answer in half a second
   */
  async master(name: string): Promise<NamedMaster> {
    const {
      ip,
      port,
      'config-epoch': epoch,
    } = await within(
      this.#connected.then(() =>
        this.#client.sendCommand<Record<string, string>>(['SENTINEL', 'MASTER', name]),
      ),
      TIMEOUT_MS,
      'a Sentinel did not answer',
    );
    if (!ip || !port) throw new Error('a Sentinel did not tell the master');
    return { host: ip, port: Number(port), configEpoch: Number(epoch ?? 0) };
  }

  close(): void {
    if (this.#client.isOpen) this.#client.destroy();
  }
}
