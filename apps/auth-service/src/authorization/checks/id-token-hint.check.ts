/** Whom the client expects, by an ID token that it got earlier. */
import { InvalidRequestError } from '@keyward/oauth';
import { type CheckServices, type CheckSubject } from './authorization.check.js';

/**
 * An ID token of another client is refused: who stole it could learn whether that person is
 * signed in.
 *
 * @throws InvalidRequestError for anything that is no ID token of this server for this client
 * @see OpenID Connect Core 1.0 section 3.1.2.1
 */
export async function checkIdTokenHint(
  { parameters, client }: CheckSubject,
  { idTokens }: CheckServices,
) {
  if (parameters.idTokenHint === null) return { hintedSubject: null };
  const hint = await idTokens.verifyHint(parameters.idTokenHint);
  if (hint === null || hint.clientId !== client.clientId) {
    throw new InvalidRequestError('the id_token_hint is no ID token that this client was given');
  }
  return { hintedSubject: hint.subject };
}
