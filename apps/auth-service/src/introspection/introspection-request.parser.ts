/** Reads an introspection request (RFC 7662 section 2.1). */
import { type FormParameters } from '../http/form.parser.js';

/** What is to be introspected. */
export interface IntrospectionRequest {
  readonly token: string;
}

/**
 * `token_type_hint` is only a hint, and a token tells its type: it is read for being repeated.
 * @throws InvalidRequestError for a missing or repeated parameter
 */
export function parseIntrospectionRequest(form: FormParameters): IntrospectionRequest {
  form.single('token_type_hint');
  return { token: form.required('token') };
}
