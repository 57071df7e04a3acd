/** Where the pages of an address stand. */
import { ACCOUNT_PATHS } from '../account-page/account.paths.js';

/** The page of the account on which an address is confirmed and changed. */
export const EMAIL_PATH = ACCOUNT_PATHS.email;

/** The page that a link leads to; with a token, the link itself. */
export function emailLinkPath(token?: string): string {
  const path = `${EMAIL_PATH}/link`;
  return token === undefined ? path : `${path}?token=${token}`;
}
