/** Decides whether an access token is good: the one core behind every guard, strategy and test. */
import { type RevocationEvent } from '@keyward/oauth';
import { type KeySourceState } from '../jwks/key-source.js';
import { TokenDecryption } from '../jwe/token.decryption.js';
import { parseCompactJws } from '../jws/compact-jws.js';
import { type VerificationKey } from '../jws/verification-key.js';
import { markIntrospected, type Principal } from '../principal/principal.js';
import { type TrustRevocationState } from '../revocation/trust-revocation.js';
import { OpaqueTrusts } from '../introspection/opaque-trusts.js';
import { IssuerInquiry } from '../introspection/issuer-inquiry.js';
import { TrustUpkeep } from '../trust/trust-upkeep.js';
import { type Trusts } from '../trust/trusts.js';
import { type BoundTokens, refuseBound, unbound } from './bound-tokens.js';
import { createPrincipal } from './create-principal.js';
import { RefusedTokenError } from './refusal.js';
import { checkClaims, checkTimes } from './registered-claims.js';
import { checkSignature, type TokenCandidate, trustOf } from './token-candidate.js';
import {
  VerifiedTokenCache,
  type CacheStatistics,
  type VerifiedToken,
} from './verified-token.cache.js';

/** Limits of a verifier. */
export interface VerifierOptions {
  /** Characters of a token, header and signature included. Default 8192. */
  readonly maxTokenBytes?: number;
  /** Tokens that are remembered once they passed; 0 turns the cache off. Default 10000. */
  readonly maxCachedTokens?: number;
}

/**
 * Verifies access tokens of a fixed set of trusts. What it answers depends on the token, the clock
 * and the keys of the moment, and on nothing else: cached or not, over whatever transport.
 *
 * @see RFC 9068 section 4, RFC 8725
 */
export class AccessTokenVerifier {
  readonly #cache: VerifiedTokenCache;
  readonly #opaque: OpaqueTrusts;
  readonly #decryption: TokenDecryption;
  readonly #inquiry: IssuerInquiry;
  readonly #upkeep: TrustUpkeep;
  readonly #maxTokenBytes: number;

  /**
   * @param clock milliseconds since the epoch
   * @throws TypeError for a limit that is no number: NaN would switch it off; and for trusts whose
   *   opaque tokens or decryption keys cannot be told apart
   */
  constructor(
    private readonly trusts: Trusts,
    options: VerifierOptions = {},
    private readonly clock: () => number = Date.now,
  ) {
    this.#cache = new VerifiedTokenCache(options.maxCachedTokens ?? 10_000);
    this.#opaque = new OpaqueTrusts(trusts.values());
    this.#decryption = new TokenDecryption(trusts.values());
    this.#inquiry = new IssuerInquiry(trusts, clock);
    this.#upkeep = new TrustUpkeep(trusts, clock);
    this.#maxTokenBytes = options.maxTokenBytes ?? 8192;
    if (!Number.isInteger(this.#maxTokenBytes) || this.#maxTokenBytes < 1) {
      throw new TypeError('maxTokenBytes is not a number of characters');
    }
  }

  /**
   * Verifies `token` and says who it speaks for.
   *
   * @param boundTokens `unchecked` leaves it to the caller that whoever presents the token proves the
   *   key that it is bound to
   * @returns the principal; a promise of it only where a key has to be fetched or the issuer asked
   *   first, so that the usual request waits for nothing. `await` suits both.
   * @throws RefusedTokenError naming stage and rule (a rejection where a promise was returned)
   * @throws KeysUnavailableError where nothing can be said because no key is at hand
   * @throws RevocationsUnavailableError where the trust wants to know of revocations, and cannot
   * @throws IntrospectionUnavailableError where the issuer of an opaque token cannot be asked
   */
  verify(token: string, boundTokens: BoundTokens = 'refused'): Principal | Promise<Principal> {
    const verified = this.#verify(token, false);
    return boundTokens === 'unchecked' ? verified : unbound(verified);
  }

  /**
   * The same, with the signature of a token that is not remembered checked on a thread of libuv's
   * pool: what suits a server, whose event loop is free for other requests meanwhile.
   *
   * @returns the principal of a remembered token at once, any other by a promise
   */
  verifyOffThread(
    token: string,
    boundTokens: BoundTokens = 'refused',
  ): Principal | Promise<Principal> {
    const verified = this.#verify(token, true);
    return boundTokens === 'unchecked' ? verified : unbound(verified);
  }

  /**
   * Verifies `token` and asks its issuer besides, for what must be certain.
   *
   * @param maxAgeSeconds how old the issuer's word may be; 0: it is asked now
   * @returns a principal of this call alone, with no more scope and roles than the issuer's word
   * @throws what `verify` throws, and IntrospectionUnavailableError where the issuer cannot be asked
   */
  async introspect(
    token: string,
    maxAgeSeconds: number,
    boundTokens: BoundTokens = 'refused',
  ): Promise<Principal> {
    this.#checkLength(token);
    const opaque = this.#opaque.find(token);
    const verified =
      opaque === undefined
        ? await this.#confirm(token, maxAgeSeconds)
        : await this.#inquiry.admit(token, opaque, maxAgeSeconds);
    if (boundTokens === 'refused') refuseBound(verified);
    const principal = Object.freeze({ ...verified });
    markIntrospected(principal);
    return principal;
  }

  /**
   * The signed token inside an encrypted one, which its issuer cannot read: what to exchange for
   * another token, or to introspect. Any other token is returned as it is. Nothing is verified here.
   *
   * @throws RefusedTokenError for what is encrypted in another way, or to somebody else
   * @see RFC 7519 section 5.2
   */
  signedTokenIn(token: string): string {
    return this.#decryption.open(token)?.jws ?? token;
  }

  /** The state of each trust's keys, by issuer; for a health check. */
  keyStates(): ReadonlyMap<string, KeySourceState> {
    return this.#upkeep.keyStates();
  }

  /** The state of each trust's revocation feed, by issuer, where it follows one; for a health check. */
  revocationStates(): ReadonlyMap<string, TrustRevocationState> {
    return this.#upkeep.revocationStates();
  }

  /** Starts to follow every trust's revocations. Never throws: a failure shows in the state. */
  followRevocations(): void {
    this.#upkeep.followRevocations();
  }

  /** Ends that. */
  unfollowRevocations(): Promise<void> {
    return this.#upkeep.unfollowRevocations();
  }

  /**
   * Calls `listener` with every revocation of a trusted issuer as it comes.
   * @returns ends that
   */
  onRevoked(listener: (issuer: string, event: RevocationEvent) => void): () => void {
    return this.#upkeep.onRevoked(listener);
  }

  /** When a token of this principal stops being accepted, in milliseconds since the epoch. */
  acceptedUntilMs({ issuer, expiresAt }: Principal): number {
    return (expiresAt + (this.trusts.get(issuer)?.toleranceSeconds ?? 0)) * 1000;
  }

  /** How the verified-token cache is doing; for metrics. */
  cacheStatistics(): CacheStatistics {
    return this.#cache.statistics();
  }

  /** Starts to fetch every trust's keys. Never rejects: a failure shows in `keyStates`. */
  warmUp(): Promise<void> {
    return this.#upkeep.warmUp();
  }

  #verify(token: string, offThread: boolean): Principal | Promise<Principal> {
    this.#checkLength(token);
    const nowMs = this.clock();
    const cacheKey = this.#cache.keyOf(token);
    const known = this.#cache.get(cacheKey);
    if (known !== undefined && known.trust.keys.current(known.kid, nowMs) === known.key) {
      checkTimes(known.times, known.trust, nowMs);
      if (known.trust.revocation === undefined) return known.principal;
      return admit(() => this.signedTokenIn(token), known, nowMs);
    }
    const opaque = this.#opaque.find(token);
    if (opaque !== undefined) return this.#inquiry.admit(token, opaque);
    const opened = this.#decryption.open(token);
    const signed = opened?.jws ?? token;
    const jws = parseCompactJws(signed);
    const trust = trustOf(this.trusts, jws, opened);
    const header = trust.acceptHeader(jws.header);
    const candidate: TokenCandidate = { signed, cacheKey, jws, trust, header };
    const key = trust.keys.current(header.kid, nowMs);
    if (key === undefined) {
      return trust.keys.resolve(header.kid).then((resolved) => this.#check(candidate, resolved));
    }
    if (!offThread) return this.#check(candidate, key);
    return key.verifyOffThread(header.alg, jws.signingInput, jws.signature).then((good) => {
      // Meanwhile the key may have been removed: then all of it is asked again, on this thread.
      return good && trust.keys.current(header.kid, this.clock()) !== key
        ? this.#verify(token, false)
        : this.#check(candidate, key, good);
    });
  }

  #checkLength(token: string): void {
    if (token.length > this.#maxTokenBytes) {
      throw new RefusedTokenError('canonical', 'token_too_long', `${token.length} characters`);
    }
  }

  async #confirm(token: string, maxAgeSeconds: number): Promise<Principal> {
    const principal = await this.#verify(token, true);
    return this.#inquiry.confirm(this.signedTokenIn(token), principal, maxAgeSeconds);
  }

  #check(
    candidate: TokenCandidate,
    found: VerificationKey | undefined,
    good?: boolean,
  ): Principal | Promise<Principal> {
    const { signed, cacheKey, jws, trust, header } = candidate;
    if (found === undefined) this.#cache.delete(cacheKey);
    const key = checkSignature(candidate, found, good);
    const times = checkClaims(jws.payload, trust);
    // The clock is read again: fetching a key may have taken seconds.
    const nowMs = this.clock();
    checkTimes(times, trust, nowMs);
    const principal = createPrincipal(jws.payload, trust, times);
    const verified: VerifiedToken = { principal, trust, key, kid: header.kid, times };
    const admitted = admit(signed, verified, nowMs);
    this.#cache.set(cacheKey, verified);
    return admitted;
  }
}

/** Revocation is asked again at every use: it is what changes while a token is good. */
function admit(
  token: string | (() => string),
  { principal, trust, key }: VerifiedToken,
  nowMs: number,
): Principal | Promise<Principal> {
  const asking = trust.revocation?.check(token, principal, key.kid, nowMs);
  return asking === undefined ? principal : asking.then(() => principal);
}
