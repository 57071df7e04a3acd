/** The tokens of a service: its own, and those that it got for the tokens of its callers. */
import { hash } from 'node:crypto';
import { ACCESS_TOKEN_TYPE, CLIENT_CREDENTIALS_GRANT, TOKEN_EXCHANGE_GRANT } from '@keyward/oauth';
import { DpopProver } from './dpop.prover.js';
import { type IssuedToken } from './issued-token.js';
import { serviceTokenLimits, type ServiceTokenOptions } from './service-token.options.js';
import { TokenEndpoint } from './token.endpoint.js';
import { TokenSlot } from './token.slot.js';

/** What a token is for. */
export interface TokenTarget {
  /** RFC 8707 resource indicator. */
  readonly resource: string;
  /** Undefined: as the authorization server chooses. */
  readonly scope: string | undefined;
}

/** The caller's token that is exchanged. */
export interface SubjectToken {
  readonly accessToken: string;
  /** Its end, in milliseconds since the epoch, where it is known. */
  readonly expiresAtMs?: number;
}

/** A token, and how it is given back where it was refused. */
export interface HeldToken {
  readonly token: IssuedToken;
  /** The next one is asked for anew. */
  forget(): void;
}

/** Counts since the start, for metrics. */
export interface ServiceTokenCounts {
  /** Calls that a remembered token was given to. */
  readonly remembered: number;
  /** Calls that waited for the token endpoint, whether they asked it or waited for who did. */
  readonly waited: number;
  /** Requests to the token endpoint, by how they ended. */
  readonly requests: Readonly<Record<'succeeded' | 'failed', number>>;
}

/**
 * Own tokens are kept by resource and scope and renewed ahead of their end. What a caller's token was
 * exchanged for is kept under that token's hash, until the earlier end of the two; the least recently
 * used goes first. Any number of calls at once cost one request.
 *
 * @see RFC 6749 section 4.4, RFC 8693
 */
export class ServiceTokens {
  /** Undefined where tokens are not bound. */
  readonly prover: DpopProver | undefined;
  readonly #endpoint: TokenEndpoint;
  readonly #clock: () => number;
  readonly #maxExchanged: number;
  readonly #own = new Map<string, TokenSlot>();
  readonly #exchanged = new Map<string, TokenSlot>();
  readonly #counts = { remembered: 0, waited: 0, succeeded: 0, failed: 0 };

  /** @throws TypeError for options that are not safe or not possible, saying which */
  constructor(options: ServiceTokenOptions) {
    const limits = serviceTokenLimits(options);
    this.#clock = options.clock ?? Date.now;
    this.#maxExchanged = limits.maxExchangedTokens;
    this.prover = options.dpop === true ? new DpopProver(this.#clock) : undefined;
    this.#endpoint = new TokenEndpoint(options, limits, this.prover);
  }

  /**
   * A token of the service itself.
   * @throws TokenRequestError, TokenUnavailableError
   */
  own({ resource, scope }: TokenTarget): Promise<HeldToken> {
    const key = `${resource} ${scope ?? ''}`;
    let slot = this.#own.get(key);
    // As many as the configuration names targets: these need no bound.
    if (slot === undefined) this.#own.set(key, (slot = new TokenSlot(this.#clock, true)));
    const form = { grant_type: CLIENT_CREDENTIALS_GRANT, resource, ...(scope && { scope }) };
    return this.#take(slot, () => this.#request(form));
  }

  /**
   * A token on behalf of whoever presented `subject` to this service.
   * @throws TokenRequestError, TokenUnavailableError
   */
  exchanged(subject: SubjectToken, { resource, scope }: TokenTarget): Promise<HeldToken> {
    const { accessToken, expiresAtMs = Infinity } = subject;
    const key = hash('sha256', `${accessToken} ${resource} ${scope ?? ''}`, 'base64url');
    const form = {
      grant_type: TOKEN_EXCHANGE_GRANT,
      subject_token: accessToken,
      subject_token_type: ACCESS_TOKEN_TYPE,
      requested_token_type: ACCESS_TOKEN_TYPE,
      resource,
      ...(scope && { scope }),
    };
    return this.#take(this.#slotOf(key), async () => {
      const token = await this.#request(form);
      return { ...token, expiresAtMs: Math.min(token.expiresAtMs, expiresAtMs) };
    });
  }

  /** The counts of this moment. */
  snapshot(): ServiceTokenCounts {
    const { remembered, waited, succeeded, failed } = this.#counts;
    return { remembered, waited, requests: { succeeded, failed } };
  }

  #slotOf(key: string): TokenSlot {
    const slot = this.#exchanged.get(key) ?? new TokenSlot(this.#clock, false);
    this.#exchanged.delete(key);
    if (this.#exchanged.size >= this.#maxExchanged) {
      const [oldest] = this.#exchanged.keys();
      if (oldest !== undefined) this.#exchanged.delete(oldest);
    }
    this.#exchanged.set(key, slot);
    return slot;
  }

  async #take(slot: TokenSlot, request: () => Promise<IssuedToken>): Promise<HeldToken> {
    this.#counts[slot.isFilled ? 'remembered' : 'waited'] += 1;
    const token = await slot.get(request);
    return { token, forget: () => slot.forget(token) };
  }

  async #request(form: Readonly<Record<string, string>>): Promise<IssuedToken> {
    try {
      const token = await this.#endpoint.request(form);
      this.#counts.succeeded += 1;
      return token;
    } catch (error) {
      this.#counts.failed += 1;
      throw error;
    }
  }
}
