/** Finds the credentials of a message to a microservice: in its metadata, or in its headers. */
import { type CallRequest } from '../call/call-request.js';

/** What Nest's contexts have: TcpContext and RedisContext metadata, NatsContext headers. */
interface RpcContext {
  getMetadata?(): unknown;
  getHeaders?(): unknown;
}

const requests = new WeakMap<object, CallRequest>();

/**
 * @param context the second argument of a handler: one object for each message
 * @returns undefined for a context that has neither metadata nor headers
 */
export function rpcRequest(context: unknown): CallRequest | undefined {
  if (typeof context !== 'object' || context === null) return undefined;
  let request = requests.get(context);
  if (request === undefined) {
    const values = authorizationValues(context);
    if (values === undefined) return undefined;
    request = {
      headers: { authorization: values[0] },
      // Two values are two tokens, of which nobody may choose one.
      rawHeaders: values.flatMap((value) => ['authorization', value]),
    };
    requests.set(context, request);
  }
  return request;
}

function authorizationValues(context: RpcContext): readonly string[] | undefined {
  if (typeof context.getMetadata === 'function') return valuesOf(context.getMetadata());
  if (typeof context.getHeaders === 'function') return valuesOf(context.getHeaders());
  return undefined;
}

/** Metadata is a record of texts; the headers of NATS are pairs of a name and its texts. */
function valuesOf(carrier: unknown): readonly string[] {
  if (typeof carrier !== 'object' || carrier === null) return [];
  const entries =
    Symbol.iterator in carrier ? [...(carrier as Iterable<unknown>)] : Object.entries(carrier);
  return entries.flatMap((entry) => {
    const [name, value] = entry as [unknown, unknown];
    const isAuthorization = typeof name === 'string' && name.toLowerCase() === 'authorization';
    // What is no text stands for a header that no client of ours would send: malformed.
    return isAuthorization
      ? [value].flat().map((one) => (typeof one === 'string' ? one : 'Bearer'))
      : [];
  });
}
