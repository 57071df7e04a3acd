/** One request to addresses that were checked, and the answer within limits; no redirect is followed. */
import { type IncomingHttpHeaders, type IncomingMessage, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';

const MAX_HEADER_BYTES = 16_384;

/** What is sent, and how much may come of it. */
export interface OutboundRequest {
  /** Default: GET. */
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** For everything together: the name, the connection, the answer with its body. */
  readonly timeoutMs: number;
  /** 0: the body is not read, however long it is. */
  readonly maxBytes: number;
  /** Gives it up. */
  readonly signal?: AbortSignal;
}

/** An answer, whatever its status. */
export interface OutboundAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** There was no answer, or none that could be taken; the message says why. */
export class OutboundFailedError extends Error {
  override readonly name = 'OutboundFailedError';
}

/**
 * Connects to one of the addresses and to no other, on a connection of its own: one that is kept could
 * have been opened when the name still meant something else. The certificate is that of the name.
 *
 * @param certificates authorities to believe instead of the usual ones
 * @throws OutboundFailedError for no answer, too long a one, and one that is compressed, since what
 *   that comes to is known too late
 */
export function exchange(
  url: URL,
  addresses: readonly string[],
  { method = 'GET', headers, body, maxBytes }: Omit<OutboundRequest, 'timeoutMs' | 'signal'>,
  signal: AbortSignal,
  certificates?: string,
): Promise<OutboundAnswer> {
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const request = send(url, {
      method,
      headers: {
        ...headers,
        'accept-encoding': 'identity',
        ...(body !== undefined && { 'content-length': Buffer.byteLength(body) }),
      },
      agent: false,
      lookup: lookupOf(addresses),
      maxHeaderSize: MAX_HEADER_BYTES,
      ...(certificates !== undefined && { ca: certificates }),
    });
    const fail = (error: Error) => {
      reject(error instanceof OutboundFailedError ? error : new OutboundFailedError(error.message));
      request.destroy();
    };
    const giveUp = () => fail(new OutboundFailedError('no answer in time'));
    signal.addEventListener('abort', giveUp, { once: true });
    request.on('close', () => signal.removeEventListener('abort', giveUp));
    request.on('error', fail);
    if (signal.aborted) return giveUp();
    // Protocols to switch to are none of this server's.
    request.on('upgrade', () => fail(new OutboundFailedError('it wants another protocol')));
    request.on('response', (response) => {
      readBody(response, maxBytes).then((bytes) => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: bytes });
        request.destroy();
      }, fail);
    });
    request.end(body);
  });
}

async function readBody(response: IncomingMessage, maxBytes: number): Promise<Buffer> {
  if (maxBytes === 0) return Buffer.alloc(0);
  const encoding = response.headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') throw new OutboundFailedError('the body is compressed');
  const tooLong = () => new OutboundFailedError(`a body of more than ${maxBytes} bytes`);
  if (Number(response.headers['content-length'] ?? 0) > maxBytes) throw tooLong();
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.byteLength;
    if (size > maxBytes) throw tooLong();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Node asks this instead of the resolver: so there is no second answer about the name. */
function lookupOf(addresses: readonly string[]): LookupFunction {
  const known = addresses.map((address) => ({ address, family: isIP(address) }));
  return (_hostname, { all }, callback) => {
    const [first] = known;
    if (all === true) return callback(null, known);
    callback(null, first?.address ?? '', first?.family);
  };
}
