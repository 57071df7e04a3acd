/** What a resource answers to a proof that it refuses (RFC 9449 sections 7.1 and 9). */
import { type DpopChallenge } from '../bearer/bearer-challenge.js';
import { type BearerError, DpopProofError, InvalidTokenError } from '../bearer/bearer.errors.js';
import { type Principal } from '../principal/principal.js';
import { type RefusedProofError } from './dpop-proof.refusal.js';
import { DPOP_ALGORITHMS } from './dpop-proof.verifier.js';

/** The algorithms of proofs as a challenge names them. */
export const CHALLENGED_ALGORITHMS = DPOP_ALGORITHMS.join(' ');

/**
 * The answer to a refused proof, as an exception.
 *
 * @param nonce of this server, for the client's next proof; undefined where it asks for none
 * @param resourceMetadata URL of the protected-resource metadata
 */
export function answerToProof(
  { reason, description, wantsNonce }: RefusedProofError,
  nonce?: string,
  resourceMetadata?: string,
): BearerError {
  // The proof may be a good one: it is the token that is not this client's.
  if (reason === 'proof_other_key') {
    const dpop = { scheme: 'DPoP', algorithms: CHALLENGED_ALGORITHMS } as const;
    return new InvalidTokenError(false, resourceMetadata, dpop);
  }
  const code = wantsNonce ? 'use_dpop_nonce' : 'invalid_dpop_proof';
  return new DpopProofError(code, description, CHALLENGED_ALGORITHMS, nonce);
}

/** The challenge to whoever presented a good token that is not good enough: by the scheme it came by. */
export function challengeTo({ claims }: Principal): DpopChallenge | undefined {
  const cnf = claims['cnf'];
  const isBound = typeof cnf === 'object' && cnf !== null && 'jkt' in cnf;
  return isBound ? { scheme: 'DPoP', algorithms: CHALLENGED_ALGORITHMS } : undefined;
}
