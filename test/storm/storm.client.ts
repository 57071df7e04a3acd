/** A client in the storm: it refreshes, loses answers, tries again, and knows what it may expect. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type SeededGrant } from './refresh-token.seed.js';
import { type StormWorld } from './storm.world.js';

/** How much happened, so that a storm in which nothing did is seen. */
export interface StormCounts {
  refreshed: number;
  refused: number;
  unavailable: number;
  brokenOff: number;
  abandoned: number;
}

const PAUSE_MS = 150;
const REQUEST_TIMEOUT_MS = 8_000;
/** Of how many answers one is never read. */
const LOST = 20;

/** Honest: it presents the newest token that it was given, one request at a time. */
export class StormClient {
  /** What must not have happened. */
  readonly violations: string[] = [];
  #token: string;
  #accessToken: string | null = null;
  /** Set before the revocation is asked for, and once it was confirmed. */
  #revocation: 'none' | 'asked' | 'confirmed' = 'none';
  #requests = 0;

  constructor(
    private readonly world: StormWorld,
    readonly grant: SeededGrant,
    private readonly counts: StormCounts,
  ) {
    this.#token = grant.refreshToken;
  }

  get isRevoked(): boolean {
    return this.#revocation === 'confirmed';
  }

  /** Refreshes until `over`, against whichever process is next. */
  async run(over: AbortSignal): Promise<void> {
    while (!over.aborted) {
      await this.refresh();
      await sleep(PAUSE_MS * (0.5 + Math.random()));
    }
  }

  /** One refresh. @returns whether it was answered 200, as far as this client knows */
  async refresh(): Promise<boolean> {
    const before = this.#revocation;
    const form = { grant_type: 'refresh_token', refresh_token: this.#token };
    const lose = this.#requests % LOST === LOST - 1;
    const answer = await this.#send('/oauth2/token', form, lose);
    if (answer === null) return false;
    const { status, body } = answer;
    if (status === 200) {
      this.counts.refreshed += 1;
      this.#token = String(body['refresh_token']);
      this.#accessToken = String(body['access_token']);
      if (before === 'confirmed') this.violations.push('a revoked grant was refreshed');
      return true;
    }
    this.counts.refused += 1;
    if (status !== 400 || body['error'] !== 'invalid_grant' || this.#revocation === 'none') {
      this.violations.push(`refused: ${status} ${JSON.stringify(body)}${this.#explain(body)}`);
    }
    return false;
  }

  /** Revokes its grant, for as long as it takes until the server says that it is done. */
  async revoke(): Promise<void> {
    this.#revocation = 'asked';
    for (;;) {
      const answer = await this.#send('/oauth2/revoke', { token: this.#token }, false);
      if (answer?.status === 200) break;
      await sleep(PAUSE_MS);
    }
    this.#revocation = 'confirmed';
  }

  /** What introspection says of the last access token; null where it cannot be said now. */
  async isActive(): Promise<boolean | null> {
    if (this.#accessToken === null) return null;
    const answer = await this.#send('/oauth2/introspect', { token: this.#accessToken }, false);
    return answer?.status === 200 ? answer.body['active'] === true : null;
  }

  #explain(body: Record<string, unknown>): string {
    const reference = /reference ([\da-f-]{36})/.exec(String(body['error_description']))?.[1];
    return reference === undefined ? '' : `: ${this.world.explanationOf(reference)}`;
  }

  /** Null for no answer, or for one that only asks for patience. */
  async #send(
    path: string,
    form: Record<string, string>,
    lose: boolean,
  ): Promise<{ status: number; body: Record<string, unknown> } | null> {
    const { authServices } = this.world;
    this.#requests += 1;
    const app = authServices[this.#requests % authServices.length];
    const giveUp = AbortSignal.timeout(
      lose ? 1 + Math.floor(Math.random() * 20) : REQUEST_TIMEOUT_MS,
    );
    try {
      const request = this.world.authenticated(this.grant.clientId, form);
      const response = await fetch(`${app?.url}${path}`, { ...request, signal: giveUp });
      const text = await response.text();
      if (response.status !== 503) {
        return { status: response.status, body: text === '' ? {} : JSON.parse(text) };
      }
      this.counts.unavailable += 1;
      const retryAfter = Number(response.headers.get('retry-after'));
      if (!(retryAfter > 0)) this.violations.push(`503 without Retry-After: ${text}`);
      return null;
    } catch {
      // The process was killed, or the answer was never read: what it said is not known.
      if (lose) this.counts.abandoned += 1;
      else this.counts.brokenOff += 1;
      if (!lose && giveUp.aborted) this.violations.push(`${path} did not answer in time`);
      return null;
    }
  }
}
