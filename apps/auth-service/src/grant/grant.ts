/** What one resource owner allowed one client at one sign-in. */
import { type AuthorizationDetail } from '@keyward/oauth';

/** A grant; everything that comes of it names its `grantId`. */
export interface Grant {
  /** A UUID, allocated with the authorization code. */
  readonly grantId: string;
  readonly accountId: string;
  readonly clientId: string;
  /** The session at whose sign-in it was given. */
  readonly sid: string;
  readonly scope: readonly string[];
  readonly resources: readonly string[];
  /** What was allowed as data (RFC 9396), absent: nothing. */
  readonly authorizationDetails?: readonly AuthorizationDetail[];
  readonly authenticatedAt: Date;
  readonly acr: string;
  readonly amr: readonly string[];
  /** When it ends in any case. */
  readonly expiresAt: Date;
}

/** Who ended a grant, and why, for the audit. */
export interface RevocationCause {
  /** `code_replayed`, `signed_out`, `client_request`, `refresh_reused` and the like. */
  readonly reason: string;
  /** Who asked for it: `client <id>`, `account <id>`, `server`. */
  readonly by: string;
}

/** A grant as the record holds it. */
export interface RecordedGrant extends Grant {
  readonly createdAt: Date;
  /** Null while it is in force. */
  readonly revokedAt: Date | null;
  /** Null while it is in force. */
  readonly cause: RevocationCause | null;
}
