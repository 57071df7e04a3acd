/** Decides whether an access token is good: the one core behind every guard, strategy and test. */
import { type RevocationEvent } from '@keyward/oauth';
import { type KeySourceState } from '../jwks/key-source.js';
import { type OpenedToken, TokenDecryption } from '../jwe/token.decryption.js';
import { type CompactJws, parseCompactJws } from '../jws/compact-jws.js';
import { type VerificationKey } from '../jws/verification-key.js';
import { markIntrospected, type Principal } from '../principal/principal.js';
import { type TrustRevocationState } from '../revocation/trust-revocation.js';
import { OpaqueTrusts } from '../introspection/opaque-trusts.js';
import { admitOpaqueToken, confirmPrincipal } from '../introspection/introspected-token.js';
import { type AcceptedHeader, type Trust } from '../trust/trust.js';
import { type Trusts } from '../trust/trusts.js';
import { createPrincipal } from './create-principal.js';
import { IntrospectionUnavailableError, RefusedTokenError, shown } from './refusal.js';
import { checkClaims, checkTimes } from './registered-claims.js';
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
 * What happens to a token that is bound to a key (`cnf`). Nobody may take one who does not hold it
 * against its sender: `refused` is for whoever knows the token alone, `unchecked` for a caller that
 * asks the request for the key.
 */
export type BoundTokens = 'refused' | 'unchecked';

/** A token on its way through the checks. */
interface Candidate {
  /** The token, or what was encrypted in it. */
  readonly signed: string;
  readonly cacheKey: string;
  readonly jws: CompactJws;
  readonly trust: Trust;
  readonly header: AcceptedHeader;
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
        ? await this.#confirm(token, await this.#verify(token, true), maxAgeSeconds)
        : await this.#askAbout(token, opaque, maxAgeSeconds);
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
    const nowMs = this.clock();
    return new Map([...this.trusts].map(([issuer, { keys }]) => [issuer, keys.state(nowMs)]));
  }

  /** The state of each trust's revocation feed, by issuer, where it follows one; for a health check. */
  revocationStates(): ReadonlyMap<string, TrustRevocationState> {
    const nowMs = this.clock();
    const states = new Map<string, TrustRevocationState>();
    for (const [issuer, { revocation }] of this.trusts) {
      if (revocation !== undefined) states.set(issuer, revocation.state(nowMs));
    }
    return states;
  }

  /** Starts to follow every trust's revocations. Never throws: a failure shows in the state. */
  followRevocations(): void {
    for (const { revocation } of this.trusts.values()) revocation?.start();
  }

  /** Ends that. */
  async unfollowRevocations(): Promise<void> {
    await Promise.all([...this.trusts.values()].map(async ({ revocation }) => revocation?.stop()));
  }

  /**
   * Calls `listener` with every revocation of a trusted issuer as it comes.
   * @returns ends that
   */
  onRevoked(listener: (issuer: string, event: RevocationEvent) => void): () => void {
    const ends = [...this.trusts].map(([issuer, { revocation }]) =>
      revocation?.onRevoked((event) => listener(issuer, event)),
    );
    return () => ends.forEach((end) => end?.());
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
  async warmUp(): Promise<void> {
    await Promise.all([...this.trusts.values()].map(({ keys }) => keys.warmUp()));
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
    if (opaque !== undefined) return this.#askAbout(token, opaque);
    const opened = this.#decryption.open(token);
    const signed = opened?.jws ?? token;
    const jws = parseCompactJws(signed);
    const trust = this.#trustOf(jws, opened);
    const header = trust.acceptHeader(jws.header);
    const candidate: Candidate = { signed, cacheKey, jws, trust, header };
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

  #askAbout(token: string, trust: Trust, maxAgeSeconds?: number): Principal | Promise<Principal> {
    const answer = trust.introspection?.introspect(token, maxAgeSeconds);
    if (answer === undefined) throw new IntrospectionUnavailableError(trust.issuer, NOT_SET, 60);
    if (!(answer instanceof Promise)) return admitOpaqueToken(token, answer, trust, this.clock());
    return answer.then((given) => admitOpaqueToken(token, given, trust, this.clock()));
  }

  async #confirm(token: string, principal: Principal, maxAgeSeconds: number): Promise<Principal> {
    const trust = this.trusts.get(principal.issuer);
    const answer = await trust?.introspection?.introspect(this.signedTokenIn(token), maxAgeSeconds);
    if (trust === undefined || answer === undefined) {
      throw new IntrospectionUnavailableError(principal.issuer, NOT_SET, 60);
    }
    return confirmPrincipal(principal, answer, trust, this.clock());
  }

  #trustOf({ payload }: CompactJws, opened: OpenedToken | undefined): Trust {
    const { iss } = payload;
    if (typeof iss !== 'string') throw new RefusedTokenError('trust', 'issuer_type', shown(iss));
    const trust = this.trusts.get(iss);
    if (trust === undefined) throw new RefusedTokenError('trust', 'issuer_not_trusted', shown(iss));
    if (opened !== undefined && !opened.issuers.has(iss)) {
      const detail = 'encrypted to a key of another trust';
      throw new RefusedTokenError('trust', 'issuer_not_trusted', detail, iss);
    }
    if (opened === undefined && trust.decryption?.required === true) {
      throw new RefusedTokenError('trust', 'not_encrypted', undefined, iss);
    }
    if (!trust.acceptsJwt) throw new RefusedTokenError('trust', 'jwt_not_accepted', undefined, iss);
    return trust;
  }

  #check(
    { signed, cacheKey, jws, trust, header }: Candidate,
    key: VerificationKey | undefined,
    good = key?.verify(header.alg, jws.signingInput, jws.signature),
  ): Principal | Promise<Principal> {
    const { issuer } = trust;
    const { alg, kid } = header;
    if (key === undefined) {
      this.#cache.delete(cacheKey);
      throw kid === undefined
        ? new RefusedTokenError('canonical', 'key_id_missing', undefined, issuer)
        : new RefusedTokenError('key', 'key_unknown', shown(kid), issuer);
    }
    if (!key.allows(alg)) {
      throw new RefusedTokenError('key', 'key_algorithm', `${alg} with ${shown(kid)}`, issuer);
    }
    if (good !== true) {
      throw new RefusedTokenError('signature', 'signature_mismatch', undefined, issuer);
    }
    const times = checkClaims(jws.payload, trust);
    // The clock is read again: fetching a key may have taken seconds.
    const nowMs = this.clock();
    checkTimes(times, trust, nowMs);
    const principal = createPrincipal(jws.payload, trust, times);
    const verified: VerifiedToken = { principal, trust, key, kid, times };
    const admitted = admit(signed, verified, nowMs);
    this.#cache.set(cacheKey, verified);
    return admitted;
  }
}

const NOT_SET = 'the trust has no `introspection`';

function unbound(verified: Principal | Promise<Principal>): Principal | Promise<Principal> {
  return verified instanceof Promise ? verified.then(refuseBound) : refuseBound(verified);
}

/** @see RFC 7800 section 3.1, RFC 9449 section 7.2 */
function refuseBound(principal: Principal): Principal {
  if (principal.claims['cnf'] === undefined) return principal;
  throw new RefusedTokenError('confirmation', 'bound_token_alone', undefined, principal.issuer);
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
