/** Tells what an answer is worth: good, put off in order, refused, broken off, or wrong. */
import { type Outcome } from './ledger.js';

const TIMEOUT_MS = 12_000;
/** The retry window W of a refresh token: a client that waits longer may lose its answer. */
const RETRY_WINDOW_SECONDS = 10;
const EXCERPT = 80;

export const GOOD: Outcome = { verdict: 'good', detail: '' };

/** An answer as text. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** @throws Error where there is no answer, or none in time */
export async function ask(url: string, init: RequestInit = {}): Promise<Answer> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const response = await fetch(url, { redirect: 'manual', ...init, signal });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/** Sends it to the next origin where the first takes no connection, as a proxy may: nothing was sent then. */
export async function askOneOf(
  origins: readonly string[],
  path: string,
  init?: RequestInit,
): Promise<Answer> {
  for (const [index, origin] of origins.entries()) {
    try {
      return await ask(`${origin}${path}`, init);
    } catch (error) {
      if (codeOf(error) !== 'ECONNREFUSED' || index === origins.length - 1) throw error;
    }
  }
  throw new Error('there is nobody to ask');
}

/**
 * @param problem what is wrong with the body of a 200, or undefined
 * @param endsWithin the limit of `Retry-After`, in seconds
 */
export function judge(
  { status, headers, text }: Answer,
  problem: (text: string) => string | undefined,
  endsWithin = RETRY_WINDOW_SECONDS,
): Outcome {
  if (status === 200) {
    const wrong = problem(text);
    return wrong === undefined ? GOOD : { verdict: 'failed', detail: `wrong: ${wrong}` };
  }
  const error = codeIn(text) ?? challengeIn(headers);
  const detail = `${status} ${error ?? text.slice(0, EXCERPT).replaceAll(/\s+/g, ' ')}`.trim();
  if (status === 503) {
    const retryAfter = Number(headers.get('retry-after'));
    if (retryAfter > 0 && retryAfter < endsWithin) return { verdict: 'unavailable', detail };
    return { verdict: 'failed', detail: `${detail}, Retry-After: ${headers.get('retry-after')}` };
  }
  if (status < 400 || status >= 500) return { verdict: 'failed', detail };
  return { verdict: 'refused', detail };
}

/** What the absence of an answer is worth. */
export function judgeError(error: unknown): Outcome {
  if (error instanceof Error && error.name === 'TimeoutError') {
    return { verdict: 'failed', detail: `no answer within ${TIMEOUT_MS / 1000} s` };
  }
  if (error instanceof Error && error.message === 'fetch failed') {
    return { verdict: 'broken', detail: codeOf(error) ?? 'broken off' };
  }
  // undici's word for a body that ended too early.
  if (error instanceof TypeError && error.message === 'terminated') {
    return { verdict: 'broken', detail: 'broken off' };
  }
  return { verdict: 'failed', detail: String(error).slice(0, EXCERPT) };
}

function codeOf(error: unknown): string | undefined {
  const cause = (error as { cause?: { code?: unknown } } | undefined)?.cause;
  return typeof cause?.code === 'string' ? cause.code : undefined;
}

function codeIn(text: string): string | undefined {
  try {
    const body: unknown = JSON.parse(text);
    const error = (body as { error?: unknown } | null)?.error;
    return typeof error === 'string' ? error : undefined;
  } catch {
    return undefined;
  }
}

function challengeIn(headers: Headers): string | undefined {
  return /error="(\w+)"/.exec(headers.get('www-authenticate') ?? '')?.[1];
}
