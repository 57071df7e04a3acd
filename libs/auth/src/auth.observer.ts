/** Port: who is told what the library refused and how its keys are doing. */
import { Logger } from '@nestjs/common';
import { shown, type Refusal } from './access-token/refusal.js';
import { type IgnoredKey } from './jwks/jwk-set.js';
import { type TracedStage } from './observability/auth.tracer.js';
import { type ShadowComparison } from './shadow/shadow-comparison.js';

/** A refusal and the request that it happened to. */
export interface RefusedRequest extends Refusal {
  /** HTTP status that the client got. */
  readonly status: number;
  /** `Controller.handler`, where the request had one. */
  readonly handler?: string;
}

/**
 * Told of every refusal and of every fetch of keys, and of more where it wants to be. Methods are called on the request path: they
 * must return at once, and what they throw is ignored. They never get a token.
 *
 * Replace it to count or to ship elsewhere: `AuthModule.forRoot({ observer: new MyObserver() })`.
 */
export abstract class AuthObserver {
  abstract requestRefused(refusal: RefusedRequest): void;
  abstract keysFetched(issuer: string, keys: number, ignored: readonly IgnoredKey[]): void;
  abstract keysFetchFailed(issuer: string, failure: string): void;

  /** A stage that a request passed, and whose token it was. Called for each request: be quick. */
  requestPassed?(stage: TracedStage, issuer: string): void;

  /** What the shadow rules said, beside what was enforced. */
  shadowCompared?(comparison: ShadowComparison): void;

  /** A comparison or a report that was left out, because too many were pending. */
  shadowDropped?(): void;

  /**
   * What would have been answered with `enforcement: 'insecure-report-only'`.
   * @param refusal undefined where the request would have passed
   */
  requestReported?(handler: string, refusal: RefusedRequest | undefined): void;
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

  override shadowCompared(comparison: ShadowComparison): void {
    const { outcome, handler, enforced, shadow, differences } = comparison;
    const sides = [`enforced: ${verdictOf(enforced)}`, `shadow: ${verdictOf(shadow)}`];
    const other = differences.length === 0 ? [] : [`other ${differences.join(', ')}`];
    const line = [`shadow rules ${outcome}`, ...sides, ...other, handler].join(' | ');
    if (outcome === 'disagree') this.#logger.warn(line);
    else this.#logger.debug(line);
  }

  override requestReported(handler: string, refusal: RefusedRequest | undefined): void {
    if (refusal === undefined) {
      this.#logger.debug(`not enforced | would pass | ${handler}`);
      return;
    }
    const { status, stage, reason, detail, issuer } = refusal;
    const parts = [`would be refused with ${status}`, `${stage}: ${reason}`, detail];
    const known = [...parts, handler, issuer].filter((part) => part !== undefined);
    this.#logger.warn(['not enforced', ...known].join(' | '));
  }
}

/** What an answer of either side was, in a line. */
function verdictOf({ verdict, stage, reason, issuer }: ShadowComparison['shadow']): string {
  const rule = reason && (stage === undefined ? reason : `${stage}: ${reason}`);
  return [verdict, rule, issuer].filter((part) => part !== undefined).join(', ');
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

  override requestPassed(stage: TracedStage, issuer: string): void {
    // No closure here: this is asked for each request.
    try {
      this.observer.requestPassed?.(stage, issuer);
    } catch {
      // See #tell.
    }
  }

  override shadowCompared(comparison: ShadowComparison): void {
    this.#tell(() => this.observer.shadowCompared?.(comparison));
  }

  override shadowDropped(): void {
    this.#tell(() => this.observer.shadowDropped?.());
  }

  override requestReported(handler: string, refusal: RefusedRequest | undefined): void {
    this.#tell(() => this.observer.requestReported?.(handler, refusal));
  }

  #tell(tell: () => void): void {
    try {
      tell();
    } catch {
      // An observer that fails must change no answer.
    }
  }
}
