/** Asks one issuer about its tokens: cached, single flight, and never for long where it fails. */
import { hash } from 'node:crypto';
import { IntrospectionUnavailableError } from '../access-token/refusal.js';
import { TokenStatus } from '../revocation/token.status.js';
import { AnswerCache } from './answer.cache.js';
import { Circuit } from './circuit.js';
import { readAnswer, type IntrospectionAnswer } from './introspection-answer.js';
import {
  introspectionLimits,
  type IntrospectionLimits,
  type IntrospectionOptions,
} from './introspection.options.js';
import {
  IntrospectionFailedError,
  IntrospectionRequest,
  type IntrospectingTrust,
} from './introspection.request.js';

/** A question that is under way. */
interface Flight {
  readonly startedMs: number;
  readonly answer: Promise<IntrospectionAnswer>;
  /** Shared by all who came after it was sent and want to be certain. */
  next?: Promise<IntrospectionAnswer>;
}

/**
 * The introspection of one trust: its cache, its questions under way and its circuit are its own, so
 * that the same token at two issuers never meets.
 *
 * @see RFC 7662
 */
export class IntrospectionClient extends TokenStatus {
  readonly #limits: IntrospectionLimits;
  readonly #request: IntrospectionRequest;
  readonly #cache: AnswerCache;
  readonly #circuit: Circuit;
  readonly #flights = new Map<string, Flight>();

  /**
   * @param clock milliseconds since the epoch
   * @throws TypeError for options that are not safe or not possible, saying which
   */
  constructor(
    private readonly trust: IntrospectingTrust,
    options: IntrospectionOptions,
    private readonly clock: () => number,
  ) {
    super();
    this.#limits = introspectionLimits(options);
    this.#request = new IntrospectionRequest(trust, options, this.#limits, clock);
    this.#cache = new AnswerCache(this.#limits);
    this.#circuit = new Circuit(this.#limits.failuresBeforePause, this.#limits.retrySeconds);
  }

  /**
   * What the issuer says of the token.
   *
   * @param maxAgeSeconds how old its word may be. 0: it is asked after this call, whoever else asks.
   *   Default: as old as the cache keeps it
   * @returns the answer at once where it is kept
   * @throws IntrospectionUnavailableError (a rejection where a promise was returned)
   */
  introspect(
    token: string,
    maxAgeSeconds = this.#limits.maxCacheSeconds,
  ): IntrospectionAnswer | Promise<IntrospectionAnswer> {
    const key = hash('sha256', token, 'binary');
    const nowMs = this.clock();
    const kept = this.#cache.get(key, maxAgeSeconds, nowMs);
    if (kept !== undefined) return kept;
    const flight = this.#flights.get(key);
    if (flight === undefined) return this.#start(key, token);
    const mayJoin = maxAgeSeconds > 0 && nowMs - flight.startedMs <= maxAgeSeconds * 1000;
    if (mayJoin) return flight.answer;
    // What was asked before this call may have been answered before a revocation. One question is
    // sent when that one is done, for everyone who waits by then.
    const askAgain = () => this.#flights.get(key)?.answer ?? this.#start(key, token);
    return (flight.next ??= flight.answer.then(askAgain, askAgain));
  }

  override async isActive(token: string): Promise<boolean> {
    return (await this.introspect(token)).active;
  }

  #start(key: string, token: string): Promise<IntrospectionAnswer> {
    const startedMs = this.clock();
    if (this.#flights.size >= this.#limits.maxConcurrentRequests) {
      return Promise.reject(this.#unavailable('too many questions are under way'));
    }
    if (!this.#circuit.mayAsk(startedMs)) {
      return Promise.reject(this.#unavailable('it failed lately and is left alone'));
    }
    const answer = this.#ask(key, token, startedMs).finally(() => this.#flights.delete(key));
    this.#flights.set(key, { startedMs, answer });
    return answer;
  }

  async #ask(key: string, token: string, askedAtMs: number): Promise<IntrospectionAnswer> {
    try {
      const answer = readAnswer(await this.#request.send(token), askedAtMs);
      this.#circuit.succeeded();
      this.#cache.set(key, answer, this.clock());
      return answer;
    } catch (error) {
      const failure = error instanceof IntrospectionFailedError ? error : undefined;
      if (failure?.isOutage === false) this.#circuit.succeeded();
      else this.#circuit.failed(this.clock(), failure?.retryAfterSeconds);
      throw this.#unavailable(error instanceof Error ? error.message : 'failed');
    }
  }

  #unavailable(detail: string): IntrospectionUnavailableError {
    const retryAfterSeconds = this.#circuit.retryAfterSeconds(this.clock());
    return new IntrospectionUnavailableError(this.trust.issuer, detail, retryAfterSeconds);
  }
}
