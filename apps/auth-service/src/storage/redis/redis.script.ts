/** A Lua script: sent once, and called by its hash from then on. */
import { createHash } from 'node:crypto';

/** What a script is called with. Every key must have the same hash tag. */
export interface RedisScriptCall {
  readonly keys: readonly string[];
  readonly arguments: readonly (string | Buffer)[];
}

/** What a script needs of a client, whatever types its answers are mapped to. */
export interface ScriptClient {
  readonly socketEpoch: number;
  evalSha(
    sha: string,
    options: { keys: string[]; arguments: (string | Buffer)[] },
  ): Promise<unknown>;
  eval(
    source: string,
    options: { keys: string[]; arguments: (string | Buffer)[] },
  ): Promise<unknown>;
}

/** A script that decides within Redis, at one moment, what several commands could not. */
export class RedisScript {
  readonly #sha: string;

  constructor(private readonly source: string) {
    this.#sha = createHash('sha1').update(source).digest('hex');
  }

  /** @returns what the script returns, as node-redis reads it */
  async run(client: ScriptClient, { keys, arguments: args }: RedisScriptCall): Promise<unknown> {
    const options = { keys: [...keys], arguments: [...args] };
    const { socketEpoch } = client;
    try {
      return await client.evalSha(this.#sha, options);
    } catch (error) {
      // A new process does not know the script. It is not the one that the caller believes to speak to.
      const unknown = error instanceof Error && error.message.startsWith('NOSCRIPT');
      if (!unknown || client.socketEpoch !== socketEpoch) throw error;
      return client.eval(this.source, options);
    }
  }
}
