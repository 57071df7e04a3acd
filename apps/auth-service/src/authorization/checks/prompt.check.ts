/** What the person is to be asked, or that nothing may be asked. */
import { InvalidRequestError } from '@keyward/oauth';
import { type Prompt } from '../authorization-request.js';
import { type CheckSubject } from './authorization.check.js';

/** Every {@link Prompt} that this server answers. */
export const PROMPTS = [
  'none',
  'login',
  'consent',
  'select_account',
] as const satisfies readonly Prompt[];

/**
 * @throws InvalidRequestError for an unknown value, and for `none` beside another
 * @see OpenID Connect Core 1.0 section 3.1.2.1
 */
export function checkPrompt({ parameters }: CheckSubject) {
  const values = parameters.prompt === null ? [] : parameters.prompt.split(' ');
  const prompt = PROMPTS.filter((known) => values.includes(known));
  if (!values.every((value) => prompt.some((known) => known === value))) {
    throw new InvalidRequestError(`the prompt must be of ${PROMPTS.join(', ')}`);
  }
  if (prompt.includes('none') && prompt.length > 1) {
    throw new InvalidRequestError('the prompt none stands alone');
  }
  return { prompt };
}
