/** Writes WWW-Authenticate for bearer tokens (RFC 6750 section 3, RFC 9470 section 3, RFC 9728 section 5.1). */
import { type BearerErrorCode } from '@keyward/oauth';

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
}

/**
 * The value of WWW-Authenticate.
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
  ] as const;
  const written = parameters.flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}="${quotable(value)}"`],
  );
  return written.length === 0 ? 'Bearer' : `Bearer ${written.join(', ')}`;
}

function quotable(value: string): string {
  if (!/^[\x20\x21\x23-\x5b\x5d-\x7e]*$/.test(value)) {
    throw new TypeError(`not a value for WWW-Authenticate: ${JSON.stringify(value)}`);
  }
  return value;
}
