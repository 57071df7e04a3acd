/** A document cannot be had, or cannot be used. */
import { errorDescription } from '../http/error.description.js';

/** The message says why, and is for the operator: it may quote the document. */
export class ClientDocumentError extends Error {
  override readonly name = 'ClientDocumentError';

  constructor(reason: string, options?: ErrorOptions) {
    super(errorDescription([reason]), options);
  }
}
