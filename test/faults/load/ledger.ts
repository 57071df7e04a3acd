/** What was answered to whom: counted by kind of request, with the moment from which all is well again. */

/** Kinds of requests, each sent by workers of its own. */
export const KINDS = [
  'clientCredentials',
  'refresh',
  'introspection',
  'revocation',
  'authorize',
  'signIn',
  'administration',
  'keys',
  'cachedToken',
  'newToken',
  'introspectingService',
  'rejectingService',
] as const;

export type Kind = (typeof KINDS)[number];

/**
 * How an answer is counted. `good`: what was asked for. `unavailable`: 503 with a Retry-After below the retry
 * window. `refused`: another error with a code of its protocol. `broken`: the connection broke or there was none.
 * `failed`: anything else, such as a 500, silence, or an answer that is not true.
 */
export type Verdict = 'good' | 'unavailable' | 'refused' | 'broken' | 'failed';

/** One answer. */
export interface Outcome {
  readonly verdict: Verdict;
  /** In a few words, the same for alike answers. */
  readonly detail: string;
}

/** How many answers there were of each verdict and detail. */
export type Tally = Readonly<Record<Verdict, Readonly<Record<string, number>>>>;

interface Account {
  counts: Record<Verdict, Record<string, number>>;
  /** When the last request that was not answered well got its answer. */
  lastBadAt: number;
  /** When the first good answer after that came. */
  wellSince: number;
  /** When the last request that was answered well had been sent. */
  lastGoodSentAt: number;
}

/** Every request is entered when it is sent and when it is answered. */
export class Ledger {
  readonly #accounts = new Map<Kind, Account>();
  readonly #underWay = new Set<number[]>();

  constructor() {
    this.begin();
  }

  /** Counts from here on. */
  begin(): void {
    for (const kind of KINDS) {
      const counts = { good: {}, unavailable: {}, refused: {}, broken: {}, failed: {} };
      this.#accounts.set(kind, { counts, lastBadAt: 0, wellSince: 0, lastGoodSentAt: 0 });
    }
  }

  /** Sends a request. */
  async enter(kind: Kind, request: () => Promise<Outcome>): Promise<void> {
    const sentAt = performance.now();
    const entry = [sentAt];
    this.#underWay.add(entry);
    const { verdict, detail } = await request().finally(() => this.#underWay.delete(entry));
    const account = this.#accountOf(kind);
    const now = performance.now();
    account.counts[verdict][detail] = (account.counts[verdict][detail] ?? 0) + 1;
    if (verdict !== 'good') account.lastBadAt = now;
    else {
      if (account.wellSince <= account.lastBadAt) account.wellSince = now;
      account.lastGoodSentAt = Math.max(account.lastGoodSentAt, sentAt);
    }
  }

  tallyOf(kind: Kind): Tally {
    return this.#accountOf(kind).counts;
  }

  /** Kinds of which no request that was sent after `since` was answered well, or one not well within `quietMs`. */
  unwell(since: number, quietMs: number): Kind[] {
    const now = performance.now();
    return KINDS.filter((kind) => {
      const { lastGoodSentAt, lastBadAt } = this.#accountOf(kind);
      return lastGoodSentAt < since || (lastBadAt > 0 && now - lastBadAt < quietMs);
    });
  }

  /** Whether a request that was sent before is still waiting for its answer. */
  awaitsAnswersSentBefore(moment: number): boolean {
    return [...this.#underWay].some(([sentAt = 0]) => sentAt < moment);
  }

  /** How long after `moment` the last kind was answered well for good; 0 where none had ceased to be. */
  recoveryAfter(moment: number): number {
    const bad = KINDS.map((kind) => this.#accountOf(kind)).filter(({ lastBadAt }) => lastBadAt > 0);
    return Math.max(0, ...bad.map(({ wellSince }) => wellSince - moment));
  }

  #accountOf(kind: Kind): Account {
    return this.#accounts.get(kind) as Account;
  }
}
