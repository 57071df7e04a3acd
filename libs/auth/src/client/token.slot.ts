/** Holds one token, and has it renewed by one request at a time. */
import { type IssuedToken } from './issued-token.js';

/** Asks for the token of this slot. */
export type RequestToken = () => Promise<IssuedToken>;

/** What a token has left at least when it is handed out: the call is under way for a while. */
const MARGIN_MS = 5000;
/** The part of its life after which a token is renewed, ahead of its end: somewhere in here. */
const RENEW_FROM = 0.7;
const RENEW_SPREAD = 0.15;
/** Between two tries ahead of the end. */
const RETRY_MS = 5000;

export class TokenSlot {
  #token: IssuedToken | undefined;
  #renewAtMs = Infinity;
  #flight: Promise<IssuedToken> | undefined;

  /** @param renewsAhead whether a later token would live longer */
  constructor(
    private readonly clock: () => number,
    private readonly renewsAhead: boolean,
  ) {}

  /**
   * The token, where it is good for a while yet; whoever comes while it is asked for waits for the same
   * answer. Ahead of its end it is renewed behind the caller.
   *
   * @throws what `request` throws, where there is no token that could be used
   */
  get(request: RequestToken): Promise<IssuedToken> {
    const token = this.#token;
    const nowMs = this.clock();
    if (token === undefined || nowMs >= usableUntilMs(token)) return this.#request(request);
    if (nowMs >= this.#renewAtMs && this.#flight === undefined) {
      this.#renewAtMs = nowMs + RETRY_MS;
      // Until the end there is a token; then whoever asks learns why there is no other.
      this.#request(request).catch(() => undefined);
    }
    return Promise.resolve(token);
  }

  /** Whether a call would be answered without a request. */
  get isFilled(): boolean {
    return this.#token !== undefined && this.clock() < usableUntilMs(this.#token);
  }

  /** Drops the token that was refused; one that has replaced it meanwhile stays. */
  forget(token: IssuedToken): void {
    if (this.#token === token) this.#token = undefined;
  }

  #request(request: RequestToken): Promise<IssuedToken> {
    return (this.#flight ??= request()
      .then((token) => {
        const lifetimeMs = token.expiresAtMs - token.issuedAtMs;
        this.#token = token;
        // Replicas that started together must not come back together.
        this.#renewAtMs = this.renewsAhead
          ? token.issuedAtMs + lifetimeMs * (RENEW_FROM + RENEW_SPREAD * Math.random())
          : Infinity;
        return token;
      })
      .finally(() => (this.#flight = undefined)));
  }
}

function usableUntilMs({ issuedAtMs, expiresAtMs }: IssuedToken): number {
  return expiresAtMs - Math.min(MARGIN_MS, (expiresAtMs - issuedAtMs) / 4);
}
