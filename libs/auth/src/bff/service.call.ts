/** One call of a service: streamed in both directions, within limits of size and time. */
import http, {
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import https from 'node:https';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type CheckedTarget } from './bff.settings.js';
import { headersToService } from './proxied-headers.js';
import { RequestBodyError } from './request-body.js';

/** The service gave no answer that could be passed on: nobody can say whether it did something. */
export class ServiceUnreachableError extends Error {
  override readonly name = 'ServiceUnreachableError';
}

/** An answer whose body is still on its way. */
export interface ServiceAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: IncomingMessage;
  /** Reads no more of it. */
  discard(): void;
}

const AGENTS = {
  'http:': new http.Agent({ keepAlive: true }),
  'https:': new https.Agent({ keepAlive: true }),
};

/**
 * Resolves with the head of the answer.
 * @throws ServiceUnreachableError
 * @throws RequestBodyError for a body above the limit
 */
export function callService(
  { timeoutMs, maxRequestBytes }: CheckedTarget,
  url: URL,
  from: IncomingMessage,
  accessToken: string,
): Promise<ServiceAnswer> {
  const protocol = url.protocol === 'https:' ? 'https:' : 'http:';
  const { request: send } = protocol === 'https:' ? https : http;
  return new Promise((resolve, reject) => {
    const request = send(url, {
      method: from.method,
      headers: headersToService(from.headers, accessToken),
      agent: AGENTS[protocol],
      timeout: timeoutMs,
    });
    const unreachable = (cause: unknown) =>
      reject(new ServiceUnreachableError(`${url.host} did not answer`, { cause }));
    request.on('timeout', () => request.destroy(new Error('it was silent for too long')));
    request.on('error', unreachable);
    request.on('response', (body) =>
      resolve({
        status: body.statusCode ?? 502,
        headers: body.headers,
        body,
        discard: () => body.on('error', () => undefined).resume(),
      }),
    );
    pipeline(from, atMost(maxRequestBytes), request).catch((error: unknown) => {
      request.destroy();
      if (error instanceof RequestBodyError) reject(error);
      else unreachable(error);
    });
  });
}

/** Passes the body on; an answer that breaks off or has no end breaks off for the page as well. */
export async function passOn(
  { body, discard }: ServiceAnswer,
  response: ServerResponse,
  isHead: boolean,
  maxBytes: number,
): Promise<void> {
  if (isHead) {
    discard();
    response.end();
    return;
  }
  // The head is sent: a connection that is cut is all that can still be said.
  await pipeline(body, atMost(maxBytes), response).catch(() => response.destroy());
}

function atMost(maxBytes: number): Transform {
  let size = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      size += chunk.length;
      if (size > maxBytes) done(new RequestBodyError(413, 'the body is too long'));
      else done(null, chunk);
    },
  });
}
