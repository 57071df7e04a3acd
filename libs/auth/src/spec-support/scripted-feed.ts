/** A revocation feed that a test speaks for, message by message. */
import { type RevocationKind } from '@keyward/oauth';
import { RevocationSource, type FeedMessage } from '../revocation/revocation.source.js';

type Command = FeedMessage | Error | 'end';

/** Yields what the test says; each connection is one that it was asked for. */
export class ScriptedFeed extends RevocationSource {
  /** What each connection asked to go on from. */
  readonly opened: (number | undefined)[] = [];
  readonly #commands: Command[] = [];
  #wake: () => void = () => undefined;
  #position = 0;

  async *open(after: number | undefined, signal: AbortSignal): AsyncIterable<FeedMessage> {
    this.opened.push(after);
    signal.addEventListener('abort', () => this.say('end'), { once: true });
    for (;;) {
      const command = this.#commands.shift();
      if (command === 'end') return;
      if (command instanceof Error) throw command;
      if (command !== undefined) yield command;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** Sends messages as they are, breaks the connection by an error, or ends it. */
  say(...commands: Command[]): void {
    this.#commands.push(...commands);
    this.#wake();
  }

  /** Begins a connection at `position`. */
  start(position = 0): void {
    this.#position = position;
    this.say({ type: 'start', data: { position } });
  }

  /** Sends a revocation at the next position, linked as it should be. */
  revoke(kind: RevocationKind, value: string, exp: number, iat_before?: number): void {
    const previous = this.#position;
    this.#position += 1;
    const before = iat_before === undefined ? {} : { iat_before };
    this.say({
      type: 'revocation',
      data: { kind, value, exp, position: this.#position, previous, ...before },
    });
  }

  /** Sends a heartbeat; a larger position skips what concerns others. */
  beat(position = this.#position): void {
    const previous = this.#position;
    this.#position = position;
    this.say({ type: 'heartbeat', data: { position, previous } });
  }
}

/** Resolves when `condition` holds. @throws Error after 5 seconds */
export async function eventually(condition: () => boolean): Promise<void> {
  for (const end = Date.now() + 5000; Date.now() < end;) {
    if (condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  throw new Error('it did not come true within 5 seconds');
}
