/** Tells requests of the application's own pages from those that another site made a browser send. */
import { type IncomingMessage } from 'node:http';

/** The header that pages send with every call: another origin's page cannot, without a preflight. */
export const CSRF_HEADER = 'x-csrf';

/** Another site's page may have sent this request. */
export class ForeignPageError extends Error {
  override readonly name = 'ForeignPageError';
}

/**
 * For calls by script: the header, and whatever the browser itself says of the page. No preflight is
 * ever answered here, so that no foreign page can send the header.
 *
 * @throws ForeignPageError
 * @see draft-ietf-oauth-browser-based-apps section 6.1.3.3
 */
export function checkCall(request: IncomingMessage, origin: string): void {
  const { headers } = request;
  if (headers[CSRF_HEADER] !== '1') throw new ForeignPageError(`there is no ${CSRF_HEADER}: 1`);
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin') throw new ForeignPageError('another site');
  if (headers.origin !== undefined && headers.origin !== origin) {
    throw new ForeignPageError('another origin');
  }
}

/**
 * For forms, which can carry no header: here the browser has to say that the page is our own.
 * @throws ForeignPageError
 */
export function checkForm({ headers }: IncomingMessage, origin: string): void {
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin') throw new ForeignPageError('another site');
  if (headers.origin === origin) return;
  if (headers.origin === undefined && site === 'same-origin') return;
  throw new ForeignPageError('no origin, or another one');
}

/** Whether a link of another site, or something that is no page at all, leads here. */
export function isForeignVisit({ headers }: IncomingMessage): boolean {
  const site = headers['sec-fetch-site'];
  const destination = headers['sec-fetch-dest'];
  if (destination !== undefined && destination !== 'document') return true;
  return site !== undefined && !['same-origin', 'none'].includes(site as string);
}
