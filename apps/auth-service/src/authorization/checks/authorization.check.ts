/** What a check of an authorization request is. */
import { type AuthorizationDetailsResolver } from '../../authorization-details/authorization-details.resolver.js';
import { type Client } from '../../client/client.js';
import { type IdTokenVerifier } from '../../issuance/id-token.verifier.js';
import { type GrantTargetResolver } from '../../resource/grant-target.resolver.js';
import { type AuthorizationParameters } from '../authorization-parameters.parser.js';
import { type AuthorizationRequest } from '../authorization-request.js';

/** What a check looks at: parameters of a client whose redirect_uri is trusted. */
export interface CheckSubject {
  readonly parameters: AuthorizationParameters;
  readonly client: Client;
  readonly redirectUri: string;
  /** Whether it is pushed, by a client that was authenticated (RFC 9126). */
  readonly pushed: boolean;
  /** Thumbprint of the key that a pushed request proved by DPoP, where it did. */
  readonly provenJkt: string | null;
}

/** What a check may ask. */
export interface CheckServices {
  readonly targets: Pick<GrantTargetResolver, 'resolve'>;
  readonly details: Pick<AuthorizationDetailsResolver, 'resolve' | 'resolveTarget'>;
  readonly idTokens: Pick<IdTokenVerifier, 'verifyHint'>;
}

/**
 * One rule: refuses by an OAuthError, or vouches for some members of the request, and for no other.
 */
export type AuthorizationCheck<Vouched = Partial<AuthorizationRequest>> = (
  subject: CheckSubject,
  services: CheckServices,
) => Vouched | Promise<Vouched>;
