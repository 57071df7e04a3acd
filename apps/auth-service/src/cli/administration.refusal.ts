/** Says in words for an administrator why the server did not do what was asked. */
import { CommandError } from './command.error.js';

/** An answer that is no success. */
export interface Refusal {
  readonly status: number;
  /** Of its body, where that is an OAuth error. */
  readonly description: string | undefined;
  readonly retryAfter: string | null;
}

/** @param subject what was asked about, such as `client shop` */
export function refusalError({ status, description, retryAfter }: Refusal, subject: string) {
  const why = description === undefined ? '' : `: ${description}`;
  if (status === 404) {
    return new CommandError(`there is no ${subject}`, 'A list shows what there is.');
  }
  if (status === 409) return new CommandError(`${subject} does not allow it${why}`);
  if (status === 412) {
    return new CommandError(
      `${subject} was changed by somebody else meanwhile`,
      'Nothing was done. Look at it again, and repeat the command.',
    );
  }
  if (status === 429 || status === 503) {
    const wait = retryAfter === null ? '' : ` in ${retryAfter} second(s)`;
    return new CommandError(
      `the server cannot do it now (status ${status})${why}`,
      `Try again${wait}: repeating does no harm.`,
    );
  }
  if (status >= 500) {
    return new CommandError(
      `the server failed (status ${status})`,
      'Its log says why, under the reference of this request.',
    );
  }
  return new CommandError(`the server refused ${subject}${why || ` (status ${status})`}`);
}

/** Where no token was given for it. */
export function noTokenError(
  error: string,
  description: string | undefined,
  scope: string,
  clientId: string,
) {
  const why = description === undefined ? error : `${error}: ${description}`;
  if (error === 'invalid_client') {
    return new CommandError(
      `the server does not let client ${clientId} in (${why})`,
      'Check KEYWARD_CLIENT_ID and KEYWARD_CLIENT_SECRET, and that the client uses client_secret_basic and is not disabled.',
    );
  }
  if (error === 'invalid_scope' || error === 'invalid_target' || error === 'unauthorized_client') {
    return new CommandError(
      `client ${clientId} may not have ${scope} (${why})`,
      `Register it with the scope ${scope} and the grant type client_credentials, and declare <issuer>/admin as a resource that offers it.`,
    );
  }
  return new CommandError(`the server gave no token (${why})`);
}
