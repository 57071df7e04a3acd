/** Tells a refusal to GraphQL clients: as `extensions` of an error, and as a challenge over HTTP. */
import { type BearerError } from '../bearer/bearer.errors.js';
import { type RefusalMessage } from '../call/refusal-message.js';
import { resolverContext } from './graphql-request.js';

/** Codes that GraphQL clients know, by HTTP status. */
const CODES: Readonly<Record<number, string>> = {
  400: 'BAD_REQUEST',
  401: 'UNAUTHENTICATED',
  403: 'FORBIDDEN',
  503: 'SERVICE_UNAVAILABLE',
};

interface Response {
  setHeader?(name: string, value: string): unknown;
  header?(name: string, value: string): unknown;
}

/** The error, with what graphql-js shows of an error to clients. */
export function graphqlRefusal(
  error: BearerError,
  message: RefusalMessage,
  args: readonly unknown[],
): Error {
  const code = CODES[message.statusCode] ?? 'INTERNAL_SERVER_ERROR';
  Object.assign(error, { extensions: { code, ...message, status: undefined } });
  // Apollo shows stack traces unless it is told not to; of a refusal it would tell our files alone.
  error.stack = `${error.name}: ${error.message}`;
  for (const [name, value] of Object.entries(error.headers)) setHeader(args, name, value);
  return error;
}

/** Where the driver shows resolvers the response: Express by the request, Mercurius by the reply. */
function setHeader(args: readonly unknown[], name: string, value: string): void {
  const context = resolverContext(args) as
    { res?: Response; reply?: Response; req?: { res?: Response } } | undefined;
  const response = context?.res ?? context?.reply ?? context?.req?.res;
  if (typeof response?.header === 'function') response.header(name, value);
  else if (typeof response?.setHeader === 'function') response.setHeader(name, value);
}
