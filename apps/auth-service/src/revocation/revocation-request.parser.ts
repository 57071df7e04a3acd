/** Reads a revocation request (RFC 7009 section 2.1). */
import { type FormParameters } from '../http/form.parser.js';

/** What is to be revoked. */
export interface RevocationRequest {
  readonly token: string;
}

/**
 * An unknown `token_type_hint` is ignored (section 2.2.1); it is read for being repeated.
 * @throws InvalidRequestError for a missing or repeated parameter
 */
export function parseRevocationRequest(form: FormParameters): RevocationRequest {
  form.single('token_type_hint');
  return { token: form.required('token') };
}
