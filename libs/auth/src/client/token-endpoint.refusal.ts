/** Tells what the token endpoint refuses from what it is in no state to say. */
import { type JsonObject } from '../jws/strict-json.js';

const ERROR_CODE = /^[a-z_]{1,64}$/;

/** The endpoint is in trouble: nothing that the request was about. */
export class OutageError extends Error {
  constructor(
    message: string,
    readonly retryAfterSeconds?: number,
  ) {
    super(message);
  }
}

/**
 * The error code of a refusal.
 * @throws OutageError: what is not written as RFC 6749 section 5.2 says was not said by the server
 */
export function errorCodeOf({ error }: JsonObject): string {
  if (typeof error === 'string' && ERROR_CODE.test(error)) return error;
  throw new OutageError('the token endpoint answered with an error that is none of OAuth');
}

/** How long the server wants to be left alone, in seconds. A date is not taken. @see RFC 9110 section 10.2.3 */
export function retryAfterOf(headers: Headers): number | undefined {
  const text = /^\d{1,5}$/.exec(headers.get('retry-after') ?? '')?.[0];
  return text === undefined ? undefined : Number(text);
}
