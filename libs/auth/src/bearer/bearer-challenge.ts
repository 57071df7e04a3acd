/** Writes WWW-Authenticate for bearer tokens (RFC 6750 section 3, RFC 9470 section 3, RFC 9728 section 5.1). */
import { type BearerErrorCode } from '@keyward/oauth';
import { type TokenScheme } from './bearer-token.js';

/** What a challenge says of DPoP. */
export interface DpopChallenge {
  /** The scheme that the token came by; the challenge is one of it. */
  readonly scheme: TokenScheme;
  /** The algorithms of proofs, space-delimited. */
  readonly algorithms: string;
}

/** What a challenge tells the client. */
export interface BearerChallenge {
  readonly error?: BearerErrorCode;
  readonly errorDescription?: string;
  /** The scope that would have been enough. */
  readonly scope?: string;
  /** Authentication context class references that would have been enough, space-delimited. */
  readonly acrValues?: string;
  /** How long ago the authentication may be, in seconds. */
  readonly maxAge?: number;
  /** URL of the protected-resource metadata. */
  readonly resourceMetadata?: string;
  /** Undefined where DPoP is not to be mentioned. */
  readonly dpop?: DpopChallenge;
}

/**
 * The value of WWW-Authenticate: one challenge, or one for each scheme.
 * @throws TypeError for a value that would end its quotes early; every value is ours, none the client's
 */
export function formatChallenge(challenge: BearerChallenge): string {
  const parameters = [
    ['error', challenge.error],
    ['scope', challenge.scope],
    ['error_description', challenge.errorDescription],
    ['acr_values', challenge.acrValues],
    ['max_age', challenge.maxAge?.toString()],
    ['resource_metadata', challenge.resourceMetadata],
    ['algs', challenge.dpop?.scheme === 'DPoP' ? challenge.dpop.algorithms : undefined],
  ] as const;
  const written = parameters.flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}="${quotable(value)}"`],
  );
  const scheme = challenge.dpop?.scheme ?? 'Bearer';
  const first = written.length === 0 ? scheme : `${scheme} ${written.join(', ')}`;
  if (challenge.dpop?.scheme !== 'Bearer') return first;
  // Both schemes are open: the second challenge says that there is another way (RFC 9449 section 7.1).
  return `${first}, DPoP algs="${quotable(challenge.dpop.algorithms)}"`;
}

function quotable(value: string): string {
  if (!/^[\x20\x21\x23-\x5b\x5d-\x7e]*$/.test(value)) {
    throw new TypeError(`not a value for WWW-Authenticate: ${JSON.stringify(value)}`);
  }
  return value;
}
