/** What stands for the HTTP request of a call, over whichever transport it comes. */
import { type HttpRequest } from '../bearer/bearer-token.js';
import { type AuthenticatedRequest } from '../principal/principal.js';

/** Whatever carries credentials and, once it was authenticated, a principal. */
export type CallRequest = HttpRequest & AuthenticatedRequest;
