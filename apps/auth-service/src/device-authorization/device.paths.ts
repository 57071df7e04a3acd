/** Where the pages stand on which people let a device in. */
import { formatUserCode } from './user.code.js';

/** Short, since people type it (RFC 8628 section 3.2). */
export const DEVICE_PATH = '/device';

/** The same with a code in it, for whoever scanned it. */
export function devicePathWith(userCode: string): string {
  return `${DEVICE_PATH}?user_code=${formatUserCode(userCode)}`;
}

/** The page of one device, for the person who entered its code. */
export function deviceConfirmationPath(id: string): string {
  return `${DEVICE_PATH}/${id}`;
}
