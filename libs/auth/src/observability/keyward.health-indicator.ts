/** Tells a health check how far this resource server can decide about tokens. */
import { Inject, Injectable } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { AccessTokenVerifier } from '../access-token/access-token.verifier.js';
import { AUTH_OPTIONS, type AuthModuleOptions } from '../auth.options.js';
import { type KeySourceState } from '../jwks/key-source.js';
import { Enforcement } from '../shadow/enforcement.js';

/** One trusted issuer. Why a fetch failed is for the log, and is not told here. */
export interface IssuerHealth {
  readonly keys: KeySourceState['status'];
  readonly usableKeys: number;
  /** Since the JWK Set was fetched; absent for keys from the configuration. */
  readonly keysAgeSeconds?: number;
  /** Whether the feed of revocations is older than the trust allows; absent where none is followed. */
  readonly revocationsStale?: boolean;
  /** Since the feed was last heard; absent where it never was. */
  readonly revocationsAgeSeconds?: number;
}

/**
 * `up`, `degraded` or `down`, for @nestjs/terminus:
 *
 * ```ts
 * this.health.check([() => this.keyward.isHealthy()]);
 * ```
 *
 * Down only where no issuer has a usable key: then every token is answered 503. Degraded: one of
 * several has none, keys are overdue, a feed is stale, or nothing is enforced. @nestjs/terminus before
 * 12 has no such status; there it is `up` with `degraded: true`. No I/O.
 */
@Injectable()
export class KeywardHealthIndicator {
  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly verifier: AccessTokenVerifier,
    private readonly enforcement: Enforcement,
    @Inject(AUTH_OPTIONS) private readonly options: AuthModuleOptions,
  ) {}

  /** @param key the indicator's name in the result. Default `keyward` */
  isHealthy<const Key extends string = 'keyward'>(
    key: Key = 'keyward' as Key,
  ): HealthIndicatorResult<Key> {
    const issuers = this.#issuers();
    const states = Object.values(issuers);
    const { mode, isReportOnly } = this.enforcement;
    const session = this.indicators.check(key);
    if (states.every(({ keys }) => keys === 'unavailable')) {
      return session.down({ enforcement: mode, issuers });
    }
    const isDegraded =
      isReportOnly ||
      states.some(({ keys, revocationsStale }) => keys !== 'fresh' || revocationsStale === true);
    if (!isDegraded) return session.up({ enforcement: mode, issuers });
    return 'degraded' in session
      ? session.degraded({ enforcement: mode, issuers })
      : (session as OlderSession<Key>).up({ degraded: true, enforcement: mode, issuers });
  }

  #issuers(): Readonly<Record<string, IssuerHealth>> {
    const revocations = this.verifier.revocationStates();
    const nowMs = (this.options.clock ?? Date.now)();
    const entries = [...this.verifier.keyStates()].map(
      ([issuer, { status, keys, fetchedAtMs }]) => {
        const feed = revocations.get(issuer);
        const health: IssuerHealth = {
          keys: status,
          usableKeys: keys,
          ...(fetchedAtMs === undefined
            ? {}
            : { keysAgeSeconds: Math.round((nowMs - fetchedAtMs) / 1000) }),
          ...(feed === undefined ? {} : { revocationsStale: feed.stale }),
          ...(feed?.ageSeconds === undefined
            ? {}
            : { revocationsAgeSeconds: Math.round(feed.ageSeconds) }),
        };
        return [issuer, health] as const;
      },
    );
    return Object.fromEntries(entries);
  }
}

/** What a session is before @nestjs/terminus 12. */
interface OlderSession<Key extends string> {
  up(data: object): HealthIndicatorResult<Key>;
}
