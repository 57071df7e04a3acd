/** Initial access tokens (RFC 7591 section 1.2): who may register clients, and what those may get at most. */
import { type RefreshProfile } from '../client/client.js';

/** What a client that registered itself may never exceed. */
export interface RegistrationTerms {
  readonly scopes: readonly string[];
  readonly grantTypes: readonly string[];
  readonly refreshProfile: RefreshProfile;
}

/** An initial access token, without the token. */
export interface RegistrationToken extends RegistrationTerms {
  readonly tokenId: string;
  /** For whom it was issued, in the administrator's words. */
  readonly description: string;
  /** How many clients may still register by it. */
  readonly usesLeft: number;
  readonly expiresAt: Date;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly revokedAt: Date | null;
}

/** The grant types that a client may register itself for: those in which a person is asked. */
export const REGISTRABLE_GRANT_TYPES = ['authorization_code', 'refresh_token'] as const;
