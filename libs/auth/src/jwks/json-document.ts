/** Fetches one JSON document from an issuer: no redirect, a size limit, a time limit. */
import { responseChunks } from './response-chunks.js';
import { parseStrictObject, type JsonObject } from '../jws/strict-json.js';

/**
 * Asks for a document, by GET. An answer that leads elsewhere must not be followed.
 * @throws whatever says why there is no answer
 */
export type DocumentFetch = (
  url: string,
  request: {
    readonly headers: Record<string, string>;
    readonly signal: AbortSignal;
    readonly redirect: 'error';
  },
) => Promise<Response>;

/** Limits and headers of one fetch. */
export interface FetchLimits {
  /** For the whole answer, its body included. */
  readonly timeoutMs: number;
  /** Of the body after decompression, in bytes. */
  readonly maxBytes: number;
  /** Whether caches on the way must ask the issuer again. */
  readonly noCache: boolean;
  /** By what it is asked for. Default: the runtime's own fetch. */
  readonly fetch?: DocumentFetch;
}

/** A JSON document and how long its issuer says it may be kept. */
export interface JsonDocument {
  readonly body: JsonObject;
  /** `max-age` of Cache-Control less `Age`, in seconds; undefined where the issuer does not say. */
  readonly maxAgeSeconds?: number;
}

/** The document could not be had; the message says why, without anything secret. */
export class DocumentUnavailableError extends Error {
  override readonly name = 'DocumentUnavailableError';
}

/**
 * GETs `url` and parses its body as one strict JSON object.
 * @throws DocumentUnavailableError for every failure, a status other than 200 among them
 */
export async function fetchJsonDocument(url: string, limits: FetchLimits): Promise<JsonDocument> {
  const signal = AbortSignal.timeout(limits.timeoutMs);
  try {
    const ask: DocumentFetch = limits.fetch ?? fetch;
    const response = await ask(url, {
      // A redirect would let whoever controls one path of the issuer choose where keys come from.
      redirect: 'error',
      signal,
      headers: {
        accept: 'application/json, application/jwk-set+json',
        ...(limits.noCache ? { 'cache-control': 'no-cache' } : {}),
      },
    });
    if (response.status !== 200) {
      await response.body?.cancel();
      throw new DocumentUnavailableError(`${url} answered ${response.status}`);
    }
    const body = parseStrictObject(await readBody(response, limits.maxBytes, signal));
    return { body, maxAgeSeconds: freshness(response.headers) };
  } catch (error) {
    if (error instanceof DocumentUnavailableError) throw error;
    throw new DocumentUnavailableError(`${url}: ${causeOf(error)}`, { cause: error });
  }
}

/**
 * The whole body, as long as the signal lets it come.
 * @throws DocumentUnavailableError for more than `maxBytes`
 */
export async function readBody(
  response: Response,
  maxBytes: number,
  signal: AbortSignal,
): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Breaking out of the loop cancels the stream, so that a body without end costs maxBytes at most.
  for await (const chunk of responseChunks(response, signal)) {
    size += chunk.byteLength;
    if (size > maxBytes)
      throw new DocumentUnavailableError(`a body of more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** @see RFC 9111 sections 4.2.1 and 4.2.3 */
function freshness(headers: Headers): number | undefined {
  const directives = (headers.get('cache-control') ?? '').toLowerCase();
  if (/(^|[\s,])no-(store|cache)\b/.test(directives)) return 0;
  const maxAge = /(?:^|[\s,])max-age="?(\d{1,10})/.exec(directives)?.[1];
  if (maxAge === undefined) return undefined;
  const age = /^\d{1,10}$/.exec(headers.get('age') ?? '')?.[0] ?? '0';
  return Math.max(0, Number(maxAge) - Number(age));
}

/** Why a fetch failed, in words that hold nothing secret. */
export function causeOf(error: unknown): string {
  if (!hasMessage(error)) return 'failed';
  if (error.name === 'TimeoutError') return 'no answer in time';
  return hasMessage(error.cause) ? error.cause.message : error.message;
}

/** Told by its shape: fetch's errors belong to another realm where the caller runs in a vm context. */
function hasMessage(
  error: unknown,
): error is { readonly name?: unknown; readonly message: string; readonly cause?: unknown } {
  const message = (error as { message?: unknown } | null | undefined)?.message;
  return typeof message === 'string' && message !== '';
}
