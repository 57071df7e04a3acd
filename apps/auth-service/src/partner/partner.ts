/** A partner: an issuer outside whose assertions are worth an access token here (RFC 7523 section 2.1). */
import { type AsymmetricAlgorithm } from '@keyward/oauth';
import { type JSONWebKeySet } from 'jose';

/** No client has an id that begins so, and accounts have UUIDs: a subject is a partner's or ours. */
export const PARTNER_SUBJECT_PREFIX = 'partner:';

/** Longest life of an assertion where the partner is not declared otherwise, in seconds. */
export const DEFAULT_ASSERTION_SECONDS = 300;

/** The most that may be declared: as long as the ids of assertions must be remembered. */
export const MAX_ASSERTION_SECONDS = 600;

/** An issuer on the trust list. */
export interface Partner {
  /** Compared with `iss` to the letter. */
  readonly issuer: string;
  /** Stands in the subjects of its tokens; of lower-case letters, digits and hyphens. */
  readonly partnerId: string;
  /** Its public keys, where it does not publish them. */
  readonly jwks: JSONWebKeySet | null;
  /** Where it publishes them. */
  readonly jwksUri: string | null;
  /** How it may sign. */
  readonly algorithms: readonly AsymmetricAlgorithm[];
  /** The clients that may present its assertions. */
  readonly clients: readonly string[];
  /** The resources that its tokens may be for. */
  readonly resources: readonly string[];
  /** The most that its tokens may hold. */
  readonly scopes: readonly string[];
  /** The longest life of an assertion, in seconds. */
  readonly maxAssertionSeconds: number;
  /** Since when it is not trusted any more. */
  readonly disabledAt: Date | null;
}

/**
 * The `sub` here of a subject there. Ids of partners hold no colon, so that no two partners can mean
 * one subject.
 */
export function subjectAt({ partnerId }: Partner, subject: string): string {
  return `${PARTNER_SUBJECT_PREFIX}${partnerId}:${subject}`;
}
