/** How the response travels: in the query, or posted by a form. */
import { InvalidRequestError, type ResponseMode } from '@keyward/oauth';
import { type CheckSubject } from './authorization.check.js';

/** Every {@link ResponseMode} of this server. */
export const RESPONSE_MODES = ['query', 'form_post'] as const satisfies readonly ResponseMode[];

/** The mode of a value, or null for none that is supported; `query` where the client names none. */
export function findResponseMode(value: string | null): ResponseMode | null {
  if (value === null) return 'query';
  return RESPONSE_MODES.find((mode) => mode === value) ?? null;
}

/**
 * @throws InvalidRequestError for another mode, and for a form to what is no web address
 * @see OAuth 2.0 Multiple Response Type Encoding Practices section 2.1, OAuth 2.0 Form Post Response
 *   Mode section 2
 */
export function checkResponseMode({ parameters, redirectUri }: CheckSubject) {
  const responseMode = findResponseMode(parameters.responseMode);
  if (responseMode === null) {
    throw new InvalidRequestError(`the response_mode must be ${RESPONSE_MODES.join(' or ')}`);
  }
  if (responseMode === 'form_post' && !/^https?:/.test(redirectUri)) {
    throw new InvalidRequestError('the response_mode form_post needs an http redirect_uri');
  }
  return { responseMode };
}
