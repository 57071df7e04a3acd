/** A token on its way through the checks: whose it says it is, and what its issuer's key makes of it. */
import { type OpenedToken } from '../jwe/token.decryption.js';
import { type CompactJws } from '../jws/compact-jws.js';
import { type VerificationKey } from '../jws/verification-key.js';
import { type AcceptedHeader, type Trust } from '../trust/trust.js';
import { type Trusts } from '../trust/trusts.js';
import { RefusedTokenError, shown } from './refusal.js';

/** A token of which everything is known but whether it is good. */
export interface TokenCandidate {
  /** The token, or what was encrypted in it. */
  readonly signed: string;
  readonly cacheKey: string;
  readonly jws: CompactJws;
  readonly trust: Trust;
  readonly header: AcceptedHeader;
}

/**
 * The trust of whoever the token says has issued it.
 * @throws RefusedTokenError where there is none, or it does not take the token in this form
 */
export function trustOf(
  trusts: Trusts,
  { payload }: CompactJws,
  opened: OpenedToken | undefined,
): Trust {
  const { iss } = payload;
  if (typeof iss !== 'string') throw new RefusedTokenError('trust', 'issuer_type', shown(iss));
  const trust = trusts.get(iss);
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

/**
 * Holds the signature against the one key that the header names.
 *
 * @param good what the signature was found to be, where that was asked already
 * @returns the key
 * @throws RefusedTokenError where there is no such key, it is for something else, or it did not sign
 */
export function checkSignature(
  { jws, trust: { issuer }, header: { alg, kid } }: TokenCandidate,
  key: VerificationKey | undefined,
  good = key?.verify(alg, jws.signingInput, jws.signature),
): VerificationKey {
  if (key === undefined) {
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
  return key;
}
