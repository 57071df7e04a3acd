/** Port: who is told what the library refused and how its keys are doing. */
import { Logger } from '@nestjs/common';
import { shown, type Refusal } from './access-token/refusal.js';
import { type IgnoredKey } from './jwks/jwk-set.js';

/** A refusal and the request that it happened to. */
export interface RefusedRequest extends Refusal {
  /** HTTP status that the client got. */
  readonly status: number;
  /** `Controller.handler`, where the request had one. */
  readonly handler?: string;
}

/**
 * Told of every refusal and of every fetch of keys. Methods are called on the request path: they
 * must return at once, and what they throw is ignored. They never get a token.
 *
 * Replace it to count or to ship elsewhere: `AuthModule.forRoot({ observer: new MyObserver() })`.
 */
export abstract class AuthObserver {
  abstract requestRefused(refusal: RefusedRequest): void;
  abstract keysFetched(issuer: string, keys: number, ignored: readonly IgnoredKey[]): void;
  abstract keysFetchFailed(issuer: string, failure: string): void;
}

/** The default: writes to Nest's logger. A missing token is everyday and goes to `debug`. */
export class LoggingAuthObserver extends AuthObserver {
  readonly #logger = new Logger('AuthModule');

  requestRefused({ status, handler, stage, reason, detail, issuer }: RefusedRequest): void {
    const parts = [`refused with ${status}`, `${stage}: ${reason}`, detail, handler, issuer];
    const line = parts.filter((part) => part !== undefined).join(' | ');
    if (reason === 'no_token') this.#logger.debug(line);
    else this.#logger.warn(line);
  }

  keysFetched(issuer: string, keys: number, ignored: readonly IgnoredKey[]): void {
    this.#logger.debug(`keys of ${issuer}: ${keys} usable`);
    for (const { kid, reason } of ignored) {
      const id = kid === undefined ? 'without kid' : shown(kid);
      this.#logger.warn(`key ${id} of ${issuer} is not used: ${reason}`);
    }
  }

  keysFetchFailed(issuer: string, failure: string): void {
    this.#logger.warn(`keys of ${issuer} could not be fetched: ${failure}`);
  }
}

/** Passes everything on, and keeps a fault of the observer away from the request. */
export class GuardedAuthObserver extends AuthObserver {
  constructor(private readonly observer: AuthObserver) {
    super();
  }

  requestRefused(refusal: RefusedRequest): void {
    this.#tell(() => this.observer.requestRefused(refusal));
  }

  keysFetched(issuer: string, keys: number, ignored: readonly IgnoredKey[]): void {
    this.#tell(() => this.observer.keysFetched(issuer, keys, ignored));
  }

  keysFetchFailed(issuer: string, failure: string): void {
    this.#tell(() => this.observer.keysFetchFailed(issuer, failure));
  }

  #tell(tell: () => void): void {
    try {
      tell();
    } catch {
      // An observer that fails must change no answer.
    }
  }
}
