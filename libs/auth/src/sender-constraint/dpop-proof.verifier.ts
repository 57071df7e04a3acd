/** Checks DPoP proofs, for an authorization server and for a resource server alike (RFC 9449 section 4.3). */
import { hash } from 'node:crypto';
import { DPOP_PROOF_TYP, type AsymmetricAlgorithm } from '@keyward/oauth';
import { RefusedTokenError, shown } from '../access-token/refusal.js';
import { parseCompactJws, type CompactJws } from '../jws/compact-jws.js';
import { type JsonObject } from '../jws/strict-json.js';
import { importProofKey } from './dpop-proof.key.js';
import { RefusedProofError } from './dpop-proof.refusal.js';
import { type DpopNonces } from './dpop.nonces.js';
import { normalizeHttpUri } from './http-uri.js';
import { ProofKeyCache } from './proof-key.cache.js';
import { type ProofReplayStore } from './proof-replay.store.js';

/**
 * Algorithms of proofs, and by which of the library's each is checked. `Ed25519` is the name that
 * RFC 9864 gives to what `EdDSA` means here.
 */
const ALGORITHMS: Readonly<Record<string, AsymmetricAlgorithm>> = {
  ES256: 'ES256',
  ES384: 'ES384',
  EdDSA: 'EdDSA',
  Ed25519: 'EdDSA',
  PS256: 'PS256',
  RS256: 'RS256',
};

/** The algorithms that a proof may be signed by: asymmetric ones alone. */
export const DPOP_ALGORITHMS: readonly string[] = Object.keys(ALGORITHMS);

/** How old a proof may be, in seconds. */
export const MAX_PROOF_AGE_SECONDS = 60;

/** How far a client's clock may be ahead, in seconds; as far may those of replicas be apart. */
export const MAX_PROOF_AHEAD_SECONDS = 10;

/** Longest proof that is looked at, in characters: enough for a key of 4096 bits. */
const MAX_PROOF_LENGTH = 3072;
const MAX_JTI_LENGTH = 256;

/** The request that a proof has to fit. */
export interface ProvenRequest {
  readonly method: string;
  /** The URIs by which this server knows what was called, each in normal form; never by `Host`. */
  readonly uris: readonly string[];
  /** What comes with the proof at a resource. */
  readonly bound?: BoundToken | undefined;
}

/** An access token and the key that it names. */
export interface BoundToken {
  readonly accessToken: string;
  /** Thumbprint of the key, as `cnf` says it. */
  readonly jkt: string;
}

/** What a proof rests on, besides the request. */
export interface DpopProofVerifierOptions {
  readonly replays: ProofReplayStore;
  /** Undefined: no nonce is asked for. */
  readonly nonces?: DpopNonces | undefined;
  /** Milliseconds since the epoch. Default Date.now. */
  readonly clock?: () => number;
}

/** Every rule of a proof. What depends on nothing but the proof and the request comes first. */
export class DpopProofVerifier {
  readonly #replays: ProofReplayStore;
  readonly #nonces: DpopNonces | undefined;
  readonly #clock: () => number;
  readonly #keys = new ProofKeyCache();

  constructor({ replays, nonces, clock = Date.now }: DpopProofVerifierOptions) {
    this.#replays = replays;
    this.#nonces = nonces;
    this.#clock = clock;
  }

  /** The nonce to hand out; undefined where none is asked for. */
  currentNonce(): string | undefined {
    return this.#nonces?.current(this.#clock());
  }

  /**
   * Holds a proof against the request that brought it, and uses it up.
   *
   * @returns the thumbprint of the key that was proved (`jkt`)
   * @throws RefusedProofError (as a rejection) naming the rule
   * @throws ReplaysUnavailableError where it cannot be known whether the proof came before
   */
  async verify(proof: string, request: ProvenRequest): Promise<string> {
    const jws = parse(proof);
    const { header, payload } = jws;
    const nowMs = this.#clock();
    if (header['typ'] !== DPOP_PROOF_TYP) {
      throw new RefusedProofError('proof_typ', shown(header['typ']));
    }
    const algorithm = algorithmOf(header['alg']);
    const { jti, htu } = checkRequest(payload, request);
    const goodForSeconds = checkTime(payload['iat'], nowMs);
    this.#checkNonce(payload['nonce'], nowMs);
    const name = this.#keys.nameOf(proof);
    const proofKey = this.#keys.get(name) ?? importProofKey(header['jwk'], algorithm);
    const { key, jkt } = proofKey;
    if (request.bound !== undefined && request.bound.jkt !== jkt) {
      throw new RefusedProofError('proof_other_key');
    }
    if (!(await key.verifyOffThread(algorithm, jws.signingInput, jws.signature))) {
      throw new RefusedProofError('proof_signature');
    }
    this.#keys.set(name, proofKey);
    const used = hash('sha256', JSON.stringify([jkt, htu, jti]), 'base64url');
    if (!(await this.#replays.claim(used, goodForSeconds))) {
      throw new RefusedProofError('proof_replayed', `jti ${shown(jti)}`);
    }
    return jkt;
  }

  /** @see RFC 9449 sections 8 and 9 */
  #checkNonce(nonce: unknown, nowMs: number): void {
    if (this.#nonces === undefined) return;
    if (nonce === undefined) throw new RefusedProofError('proof_nonce', 'there is none');
    if (typeof nonce !== 'string') throw new RefusedProofError('proof_claims', 'nonce is no text');
    if (this.#nonces.accepts(nonce, nowMs)) return;
    throw new RefusedProofError('proof_nonce', 'it is not one of this server, or it is too old');
  }
}

function parse(proof: string): CompactJws {
  if (proof.length > MAX_PROOF_LENGTH) {
    throw new RefusedProofError('proof_malformed', `${proof.length} characters`);
  }
  try {
    return parseCompactJws(proof, false);
  } catch (error) {
    if (!(error instanceof RefusedTokenError)) throw error;
    throw new RefusedProofError('proof_malformed', error.reason);
  }
}

/** `alg` is compared with the list, never followed: `none` and every HMAC are simply not on it. */
function algorithmOf(alg: unknown): AsymmetricAlgorithm {
  if (typeof alg === 'string' && Object.hasOwn(ALGORITHMS, alg)) {
    return ALGORITHMS[alg] as AsymmetricAlgorithm;
  }
  throw new RefusedProofError('proof_algorithm', shown(alg));
}

function checkRequest(
  { jti, htm, htu, ath }: JsonObject,
  { method, uris, bound }: ProvenRequest,
): { readonly jti: string; readonly htu: string } {
  if (typeof jti !== 'string' || jti === '' || jti.length > MAX_JTI_LENGTH) {
    throw new RefusedProofError('proof_claims', `jti is not text of 1 to ${MAX_JTI_LENGTH}`);
  }
  if (htm !== method) throw new RefusedProofError('proof_method', `${shown(htm)} at ${method}`);
  const called = typeof htu === 'string' ? normalizeHttpUri(htu) : undefined;
  if (called === undefined || !uris.includes(called)) {
    throw new RefusedProofError('proof_uri', `${shown(htu)} instead of ${uris.join(' or ')}`);
  }
  if (bound !== undefined && ath !== hash('sha256', bound.accessToken, 'base64url')) {
    throw new RefusedProofError('proof_token_hash', ath === undefined ? 'no ath' : 'another token');
  }
  return { jti, htu: called };
}

/** @returns for how many more seconds some replica would take the proof, by whatever clock it has */
function checkTime(iat: unknown, nowMs: number): number {
  if (typeof iat !== 'number' || !Number.isFinite(iat)) {
    throw new RefusedProofError('proof_claims', 'iat is not a time in seconds');
  }
  const ageSeconds = nowMs / 1000 - iat;
  if (ageSeconds > MAX_PROOF_AGE_SECONDS || ageSeconds < -MAX_PROOF_AHEAD_SECONDS) {
    throw new RefusedProofError('proof_time', `made ${Math.round(ageSeconds)} s ago`);
  }
  return Math.ceil(MAX_PROOF_AGE_SECONDS - ageSeconds) + MAX_PROOF_AHEAD_SECONDS;
}
