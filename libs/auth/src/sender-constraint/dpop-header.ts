/** Finds the DPoP proof of an HTTP request (RFC 9449 section 4.1). */
import { type HttpRequest } from '../bearer/bearer-token.js';
import { RefusedProofError } from './dpop-proof.refusal.js';

const DPOP = 'dpop';

/**
 * The proof of the one DPoP header.
 *
 * @returns undefined where there is no such header
 * @throws RefusedProofError for more than one, however Node or a framework put them together
 * @see RFC 9449 section 4.3 step 1
 */
export function extractDpopProof(request: HttpRequest): string | undefined {
  const header = request.headers[DPOP];
  if (header === undefined) return undefined;
  if (typeof header !== 'string' || header.includes(',') || countProofs(request) > 1) {
    throw new RefusedProofError('more_than_one_proof');
  }
  return header;
}

function countProofs(request: HttpRequest): number {
  const raw = request.raw?.rawHeaders ?? request.rawHeaders ?? [];
  let count = 0;
  for (let i = 0; i < raw.length; i += 2) if (raw[i]?.toLowerCase() === DPOP) count += 1;
  return count;
}
