/** The request that whatever a test decides is done for. */
import { type RequestOrigin } from '../http/request.origin.js';

export const ORIGIN: RequestOrigin = { correlationId: 'request-1', address: '192.0.2.1' };
