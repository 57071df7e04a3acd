/** The checks of an authorization request, in their order: the protocol on one screen. */
import { type AuthorizationRequest } from '../authorization-request.js';
import { checkAcrValues } from './acr-values.check.js';
import {
  type AuthorizationCheck,
  type CheckServices,
  type CheckSubject,
} from './authorization.check.js';
import { checkDpopJkt } from './dpop-jkt.check.js';
import { checkGrantType } from './grant-type.check.js';
import { checkIdTokenHint } from './id-token-hint.check.js';
import { checkLoginHint } from './login-hint.check.js';
import { checkMaxAge } from './max-age.check.js';
import { checkNonce } from './nonce.check.js';
import { checkPkce } from './pkce.check.js';
import { checkPrompt } from './prompt.check.js';
import { checkPushed } from './pushed.check.js';
import { checkRequestObject } from './request-object.check.js';
import { checkResponseMode } from './response-mode.check.js';
import { checkResponseType } from './response-type.check.js';
import { checkState } from './state.check.js';
import { checkTarget } from './target.check.js';

/**
 * Before any of these, {@link checkClient} and {@link checkRedirectUri} said to whom an error may
 * go. From here on every refusal goes to the client.
 */
export const AUTHORIZATION_CHECKS = [
  checkState,
  checkRequestObject,
  checkPushed,
  checkResponseType,
  checkResponseMode,
  checkGrantType,
  checkPkce,
  checkDpopJkt,
  checkTarget,
  checkPrompt,
  checkMaxAge,
  checkAcrValues,
  checkLoginHint,
  checkNonce,
  checkIdTokenHint,
] as const satisfies readonly AuthorizationCheck[];

/** What a check vouches for, in the place from which types are inferred as an intersection. */
type Consumer<Check> = Check extends AuthorizationCheck
  ? (vouched: Awaited<ReturnType<Check>>) => void
  : never;

/** Everything that the checks vouch for, together. */
type Vouched =
  Consumer<(typeof AUTHORIZATION_CHECKS)[number]> extends (vouched: infer All) => void
    ? All
    : never;

/**
 * Runs every check. A member of the request that no check vouches for does not compile.
 * @throws OAuthError of the first check that refuses
 */
export async function checkAuthorizationRequest(
  subject: CheckSubject,
  services: CheckServices,
): Promise<AuthorizationRequest> {
  const vouched: Partial<AuthorizationRequest> = {};
  const checks: readonly AuthorizationCheck[] = AUTHORIZATION_CHECKS;
  for (const check of checks) Object.assign(vouched, await check(subject, services));
  const { client, redirectUri } = subject;
  // Every check ran, so every member is there: the type says which ones they are.
  return {
    ...(vouched as Vouched),
    clientId: client.clientId,
    redirectUri,
    requestUri: null,
  };
}
