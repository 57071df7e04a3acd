/** An authorization request that passed every check. */
import { type AuthorizationDetail, type ResponseMode } from '@keyward/oauth';

/** Values of `prompt` (OpenID Connect Core 1.0 section 3.1.2.1). */
export type Prompt = 'none' | 'login' | 'consent' | 'select_account';

/**
 * What a client asks for. JSON as it stands, so that it can wait in hot state.
 * @see RFC 6749 section 4.1.1, RFC 7636 section 4.3, OpenID Connect Core 1.0 section 3.1.2.1
 */
export interface AuthorizationRequest {
  readonly clientId: string;
  /** As requested, so with the port that a native client chose. */
  readonly redirectUri: string;
  readonly responseMode: ResponseMode;
  /** Granted scope tokens, `openid` and the like included; empty where there are details alone. */
  readonly scope: readonly string[];
  /** Resource identifiers that scopes and details belong to; empty for OpenID scopes alone. */
  readonly resources: readonly string[];
  readonly authorizationDetails: readonly AuthorizationDetail[];
  readonly state: string | null;
  readonly nonce: string | null;
  /** S256 challenge. */
  readonly codeChallenge: string;
  /** Thumbprint of the key that the code is bound to; null where the client named none. */
  readonly dpopJkt: string | null;
  readonly prompt: readonly Prompt[];
  readonly maxAgeSeconds: number | null;
  readonly loginHint: string | null;
  readonly acrValues: readonly string[];
  /** The `sub` of `id_token_hint`, where there was one: nobody else may sign in. */
  readonly hintedSubject: string | null;
  /** The pushed request that this is, claimed when the response is made (RFC 9126 section 2.2). */
  readonly requestUri: string | null;
}
