/** Interactions under way in Redis, so that any replica can go on with one. */
import { type Interaction } from '../../interaction/interaction.js';
import { INTERACTION_SECONDS, InteractionStore } from '../../interaction/interaction.store.js';
import { type RedisConnection } from './redis.connection.js';
import { RedisScript } from './redis.script.js';

// What a claimed interaction leaves until it would have expired, so that nobody saves it anew.
const CLAIMED = '';

const SAVE = new RedisScript(`
if redis.call('GET', KEYS[1]) == ARGV[3] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PXAT', ARGV[2])
return 1`);

const CLAIM = new RedisScript(`
local saved = redis.call('GET', KEYS[1])
if not saved or saved == ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'KEEPTTL')
return 1`);

/** One key an interaction, JSON. */
export class RedisInteractionStore extends InteractionStore {
  constructor(private readonly redis: RedisConnection) {
    super();
  }

  async save(interaction: Interaction): Promise<void> {
    const expiresAtMs = interaction.createdAtMs + INTERACTION_SECONDS * 1000;
    const args = [JSON.stringify(interaction), String(expiresAtMs), CLAIMED];
    await this.evaluate(SAVE, interaction.interactionId, args);
  }

  async find(interactionId: string): Promise<Interaction | null> {
    const key = keyOf(interactionId);
    const saved = await this.redis.run(key, (client) => client.get(key));
    return saved === null || saved === CLAIMED ? null : (JSON.parse(saved) as Interaction);
  }

  async claim(interactionId: string): Promise<boolean> {
    return (await this.evaluate(CLAIM, interactionId, [CLAIMED])) === 1;
  }

  private evaluate(script: RedisScript, interactionId: string, args: string[]): Promise<unknown> {
    const key = keyOf(interactionId);
    return this.redis.run(key, (client) => script.run(client, { keys: [key], arguments: args }));
  }
}

function keyOf(interactionId: string): string {
  return `interaction:${interactionId}`;
}
