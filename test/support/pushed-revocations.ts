/** A feed of revocations that a test pushes into, as an issuer's connection would bring them. */
import { on, EventEmitter } from 'node:events';
import { RevocationSource, type FeedMessage } from '@keyward/auth';
import { type RevocationEvent } from '@keyward/oauth';

/** The part of a revocation that a test decides. */
export type PushedRevocation = Pick<RevocationEvent, 'kind' | 'value'> & Partial<RevocationEvent>;

/** One connection, in order, without a gap. */
export class PushedRevocations extends RevocationSource {
  readonly #messages = new EventEmitter();
  #position = 0;

  async *open(_after: number | undefined, signal: AbortSignal): AsyncGenerator<FeedMessage> {
    const messages = on(this.#messages, 'message', { signal });
    yield { type: 'start', data: { position: 0 } } as FeedMessage;
    yield { type: 'heartbeat', data: { position: 0, previous: 0 } } as FeedMessage;
    try {
      for await (const [message] of messages) yield message as FeedMessage;
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  /** The issuer revokes something, for an hour. */
  push(revocation: PushedRevocation): void {
    const previous = this.#position;
    const position = (this.#position += 1);
    const exp = Math.floor(Date.now() / 1000) + 3600;
    this.#messages.emit('message', {
      type: 'revocation',
      data: { exp, ...revocation, position, previous },
    });
  }
}
