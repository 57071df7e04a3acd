/** Why a DPoP proof was refused, in the words that the operator's log and metrics use. */

/** The rule of RFC 9449 section 4.3 that a proof broke: one name a rule. */
export type ProofRefusalReason =
  | 'proof_missing'
  | 'more_than_one_proof'
  | 'proof_malformed'
  | 'proof_typ'
  | 'proof_algorithm'
  | 'proof_key'
  | 'proof_claims'
  | 'proof_method'
  | 'proof_uri'
  | 'proof_time'
  | 'proof_token_hash'
  | 'proof_other_key'
  | 'proof_nonce'
  | 'proof_signature'
  | 'proof_replayed';

/** What the client's developer is told of each; ASCII, and nothing that the proof said. */
const DESCRIPTIONS: Readonly<Record<ProofRefusalReason, string>> = {
  proof_missing: 'A DPoP proof is needed: send one in the DPoP header',
  more_than_one_proof: 'There must be one DPoP header with one proof',
  proof_malformed: 'The DPoP proof is not a well-formed JWS',
  proof_typ: 'The typ of the DPoP proof is not dpop+jwt',
  proof_algorithm: 'The alg of the DPoP proof is not one that is supported',
  proof_key: 'The jwk of the DPoP proof is not a public key for its alg',
  proof_claims: 'A claim of the DPoP proof is missing or malformed',
  proof_method: 'The htm of the DPoP proof is not the method of the request',
  proof_uri: 'The htu of the DPoP proof is not the URI of the request',
  proof_time: 'The iat of the DPoP proof is not near enough to now',
  proof_token_hash: 'The ath of the DPoP proof is not the hash of the access token',
  proof_other_key: 'The access token is bound to another key than that of the DPoP proof',
  proof_nonce: 'The DPoP proof needs the nonce that comes with this answer',
  proof_signature: 'The signature of the DPoP proof is wrong',
  proof_replayed: 'The DPoP proof was used before: make a new one for each request',
};

/** A proof that failed a check. Its message is for the operator; it holds no part of the signature. */
export class RefusedProofError extends Error {
  constructor(
    readonly reason: ProofRefusalReason,
    readonly detail?: string,
  ) {
    super(detail === undefined ? reason : `${reason} (${detail})`);
    this.name = 'RefusedProofError';
  }

  /** What the client may be told. */
  get description(): string {
    return DESCRIPTIONS[this.reason];
  }

  /** Whether a proof with a nonce of now would be taken: the client is asked for one. */
  get wantsNonce(): boolean {
    return this.reason === 'proof_nonce';
  }
}

/** It cannot be known whether the proof came before: neither good nor bad, so the answer is 503. */
export class ReplaysUnavailableError extends Error {
  constructor(
    message: string,
    /** Sent as `Retry-After`, in seconds. */
    readonly retryAfterSeconds = 2,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'ReplaysUnavailableError';
  }
}
