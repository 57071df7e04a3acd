/** Tells when a token that was accepted once stops being good, for whatever lasts longer than a call. */
import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { type RevocationEvent } from '@keyward/oauth';
import { AUTH_OPTIONS, type AuthModuleOptions } from '../auth.options.js';
import { parseCompactJws } from '../jws/compact-jws.js';
import { type Principal } from '../principal/principal.js';
import { RevokedSet } from '../revocation/revoked-set.js';
import { AccessTokenVerifier } from './access-token.verifier.js';

/** Why a token is no longer good. */
export type TokenEnd = 'expired' | 'revoked';

interface WatchedToken {
  readonly principal: Principal;
  readonly kid: string | undefined;
  readonly end: (why: TokenEnd) => void;
}

/** Longer delays overflow Node's timers, which then fire at once. */
const MAXIMUM_DELAY_MS = 2 ** 31 - 1;

/**
 * Watches tokens that sockets, subscriptions and streams were opened with. It tells of their expiry,
 * and of their revocation where the trust follows a feed. What only the issuer knows (introspection),
 * and a key that is gone, show at the next message, which is verified as any call is.
 */
@Injectable()
export class TokenLifetimes implements OnModuleDestroy {
  readonly #watched = new Set<WatchedToken>();
  readonly #clock: () => number;
  readonly #unsubscribe: () => void;

  constructor(
    private readonly verifier: AccessTokenVerifier,
    @Inject(AUTH_OPTIONS) options: AuthModuleOptions,
  ) {
    this.#clock = options.clock ?? Date.now;
    this.#unsubscribe = verifier.onRevoked((issuer, event) => this.#revoke(issuer, event));
  }

  /**
   * Calls `ended` once, when the token is no longer good.
   *
   * @param principal of the token; it was verified in this very turn of the event loop, so that no
   *   revocation comes between
   * @returns ends the watch; bears repetition
   */
  watch(token: string, principal: Principal, ended: (why: TokenEnd) => void): () => void {
    let timer: NodeJS.Timeout;
    const stop = (): void => {
      clearTimeout(timer);
      this.#watched.delete(watched);
    };
    const end = (why: TokenEnd): void => {
      stop();
      ended(why);
    };
    const watched: WatchedToken = { principal, kid: kidOf(token), end };
    const untilMs = this.verifier.acceptedUntilMs(principal);
    const wait = (): void => {
      const leftMs = untilMs - this.#clock();
      // The instant itself is too late, as it is for the verifier.
      if (leftMs <= 0) return end('expired');
      timer = setTimeout(wait, Math.min(leftMs, MAXIMUM_DELAY_MS)).unref();
    };
    this.#watched.add(watched);
    wait();
    return stop;
  }

  onModuleDestroy(): void {
    this.#unsubscribe();
  }

  #revoke(issuer: string, event: RevocationEvent): void {
    // By the set that the verifier asks, so that both mean the same by an event.
    const revoked = new RevokedSet();
    revoked.add(event, this.#clock() / 1000);
    for (const { principal, kid, end } of [...this.#watched]) {
      if (principal.issuer === issuer && revoked.find(principal, kid) !== undefined) end('revoked');
    }
  }
}

/** The key that a signed token names; of any other it is not known. */
function kidOf(token: string): string | undefined {
  try {
    const { kid } = parseCompactJws(token).header;
    return typeof kid === 'string' ? kid : undefined;
  } catch {
    return undefined;
  }
}
