/** Reads the small bodies that a backend itself takes. */
import { type IncomingMessage } from 'node:http';

/** The body cannot be taken; `status` says why. */
export class RequestBodyError extends Error {
  override readonly name = 'RequestBodyError';

  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

const MAX_FORM_BYTES = 16 * 1024;

/**
 * A body parser in front of the backend has eaten what services are to be sent.
 * @throws Error that says how to do without
 */
export function assertUnread(request: IncomingMessage): void {
  if (!request.readableDidRead) return;
  throw new Error(
    'a body parser read the request before BffModule could: create the application with ' +
      '{ bodyParser: false }, and give parsers to the routes that need one',
  );
}

/** @throws RequestBodyError for anything but a form of a usual size */
export async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  assertUnread(request);
  const type = (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase();
  if (type !== 'application/x-www-form-urlencoded') {
    throw new RequestBodyError(415, 'application/x-www-form-urlencoded is needed');
  }
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_FORM_BYTES) throw new RequestBodyError(413, 'the body is too long');
    chunks.push(chunk);
  }
  return new URLSearchParams(Buffer.concat(chunks).toString());
}
