/** Somebody asked more often than a limit allows. */
import { OAuthError } from '@keyward/oauth';
import { emissionMs, type RequestRate } from './request.rate.js';

/**
 * 429, with the code that says what a client is to do: nothing is wrong with the request, and the same
 * one may be sent again. `slow_down` is about the interval of polling (RFC 8628 section 3.5), and would
 * change it for good.
 *
 * @see RFC 6585 section 4, RFC 6749 section 4.1.2.1, RFC 9110 section 10.2.3,
 *   draft-ietf-httpapi-ratelimit-headers
 */
export class TooManyRequestsError extends OAuthError {
  readonly code = 'temporarily_unavailable';
  override readonly status = 429;
  // A flood would fill the log: RequestLimits tells of all refusals in one line now and then.
  override readonly isReported = true;
  /** Whole seconds, rounded up: a client that waits for so long is not refused for its own requests. */
  readonly retryAfterSeconds: number;

  constructor(
    private readonly limit: string,
    private readonly rate: RequestRate,
    waitMs: number,
  ) {
    super('too many requests: ask again after the time in Retry-After', `the limit ${limit}`);
    this.retryAfterSeconds = Math.max(1, Math.ceil(waitMs / 1000));
  }

  /** What the answer says of the limit; no other answer says how much is left, since no process knows. */
  get headers(): Readonly<Record<string, string>> {
    const { burst } = this.rate;
    // The time in which a burst is made up for.
    const windowSeconds = Math.max(1, Math.ceil((emissionMs(this.rate) * burst) / 1000));
    const wait = String(this.retryAfterSeconds);
    return {
      'retry-after': wait,
      'ratelimit-policy': `"${this.limit}";q=${burst};w=${windowSeconds}`,
      ratelimit: `"${this.limit}";r=0;t=${wait}`,
    };
  }
}
