/** Requests without a pause against a deployment, and a record of each that was not answered as it should be. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type SignedIn } from './signed-in.js';
import { type Topology, UnexpectedAnswerError } from './topology.js';

const PAUSE_MS = 15;

/** What there was of each kind. */
export interface LoadReport {
  readonly answered: Readonly<Record<string, number>>;
  /** Answered by a server whose store was too slow to decide in time: the machine has too much to do. */
  readonly busy: readonly string[];
  /** Broken off, or answered that nobody can answer now: what a client may repeat. */
  readonly lost: readonly string[];
  /** Anything else than what was right: a client would believe it. */
  readonly wrong: readonly string[];
}

const UNAVAILABLE = [502, 503, 504];

/** Tokens, introspections, refreshes and calls of a resource server, each by workers of its own. */
export class SteadyLoad {
  readonly #over = new AbortController();
  readonly #answered: Record<string, number> = {};
  readonly #busy: string[] = [];
  readonly #lost: string[] = [];
  readonly #wrong: string[] = [];
  readonly #workers: Promise<void>[] = [];

  private constructor(private readonly topology: Topology) {}

  /** @param people each refreshes the token of one of these, over and over */
  static async start(topology: Topology, people: readonly SignedIn[]): Promise<SteadyLoad> {
    const load = new SteadyLoad(topology);
    const token = await topology.token(topology.writer);
    const form = { grant_type: 'client_credentials' };
    for (let n = 0; n < 4; n += 1) {
      load.#work('token', () => topology.post('/oauth2/token', topology.writer, form));
      load.#work('introspection', () =>
        topology.post('/oauth2/introspect', topology.ordersClient, { token }),
      );
    }
    load.#work('metadata', () => fetch(`${topology.issuer}/.well-known/openid-configuration`));
    load.#work('orders', async () => topology.callOrders(await topology.token(topology.writer)));
    for (const person of people) load.#refresh(person);
    return load;
  }

  async stop(): Promise<LoadReport> {
    this.#over.abort();
    await Promise.all(this.#workers);
    return { answered: this.#answered, busy: this.#busy, lost: this.#lost, wrong: this.#wrong };
  }

  /** The person goes on from here: an old token presented later would be a thief's. */
  #refresh(person: SignedIn): void {
    this.#work('refresh', async () => {
      const form = { grant_type: 'refresh_token', refresh_token: person.refresh_token };
      const answer = await this.topology.post('/oauth2/token', this.topology.web, form);
      if (answer.status === 200) {
        const body = (await answer.clone().json()) as { refresh_token: string };
        person.refresh_token = body.refresh_token;
      }
      return answer;
    });
  }

  #work(kind: string, request: () => Promise<Response>): void {
    this.#workers.push(
      (async () => {
        while (!this.#over.signal.aborted) {
          await this.#send(kind, request);
          await sleep(PAUSE_MS);
        }
      })(),
    );
  }

  async #send(kind: string, request: () => Promise<Response>): Promise<void> {
    try {
      const answer = await request();
      const text = await answer.text();
      if (answer.status === 200) this.#answered[kind] = (this.#answered[kind] ?? 0) + 1;
      else {
        this.#listFor(answer.status, text).push(`${kind}: ${answer.status} ${text.slice(0, 200)}`);
      }
    } catch (error) {
      if (error instanceof UnexpectedAnswerError) this.#wrong.push(`${kind}: ${error.message}`);
      else this.#lost.push(`${kind}: ${reasonOf(error)}`);
    }
  }

  #listFor(status: number, text: string): string[] {
    if (!UNAVAILABLE.includes(status)) return this.#wrong;
    // What a proxy answers when nobody is there has no such description.
    return text.includes('the server cannot answer now') ? this.#busy : this.#lost;
  }
}

function reasonOf(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error ? `${message}: ${cause.message}` : message;
}
