/** The revocation feed of a test's issuer: server-sent events, as Keyward's own server writes them. */
import { type IncomingMessage, type ServerResponse } from 'node:http';
import {
  type FeedHeartbeat,
  type FeedStart,
  type RevocationEvent,
  type RevocationKind,
} from '@keyward/oauth';

/** What is revoked, by the claim or the header that names it. */
export interface IssuedRevocation {
  readonly kind: RevocationKind;
  readonly value: string;
  /** For a client alone: only tokens with an `iat` up to this, in seconds. */
  readonly iat_before?: number;
  /** From when on no such token can be valid, in seconds since the epoch. */
  readonly exp: number;
}

const HEARTBEAT_MS = 5000;

/** Keeps what was revoked, sends it again to whoever comes later, and never forgets. */
export class IssuedRevocations {
  readonly #events: RevocationEvent[] = [];
  readonly #followers = new Set<ServerResponse>();
  readonly #beat = setInterval(() => this.#tellAll(this.#heartbeat()), HEARTBEAT_MS).unref();

  /** The position of the last revocation; 0 before the first. */
  get position(): number {
    return this.#events.length;
  }

  revoke(revocation: IssuedRevocation): void {
    const previous = this.position;
    const event = { ...revocation, position: previous + 1, previous };
    this.#events.push(event);
    this.#tellAll(message('revocation', event) + this.#heartbeat());
  }

  /** Answers a follower, from the position on that it names. */
  follow(request: IncomingMessage, response: ServerResponse): void {
    const last = Number(request.headers['last-event-id'] ?? 0);
    const from = Number.isSafeInteger(last) && last >= 0 && last <= this.position ? last : 0;
    const missed = this.#events.slice(from).map((event) => message('revocation', event));
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.write(message('start', { position: from }) + missed.join('') + this.#heartbeat());
    this.#followers.add(response);
    response.once('close', () => this.#followers.delete(response));
  }

  /** Cuts every follower off. */
  cut(): void {
    for (const follower of this.#followers) follower.destroy();
  }

  stop(): void {
    clearInterval(this.#beat);
    this.cut();
  }

  #heartbeat(): string {
    return message('heartbeat', { position: this.position, previous: this.position });
  }

  #tellAll(text: string): void {
    for (const follower of this.#followers) follower.write(text);
  }
}

function message(event: string, data: FeedStart | FeedHeartbeat | RevocationEvent): string {
  return `event: ${event}\nid: ${data.position}\ndata: ${JSON.stringify(data)}\n\n`;
}
