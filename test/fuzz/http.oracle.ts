/** What must hold for every answer, whatever was asked. */
import { Violation } from './fuzz.target.js';
import { type HttpAnswer } from './http.exchange.js';
import { type HttpInput } from './http.input.js';
import { MARKUP_CANARY } from './hostile.text.js';

/** What is particular to a server. */
export interface OracleRules {
  /** Where its redirects may lead: origins, or prefixes of URLs of another scheme. */
  readonly redirects: readonly string[];
  /** Refusals that are no failure: a service behind it that does not answer, say. */
  readonly allowedStatus?: readonly number[];
}

const STACK = /\n\s+at .+:\d+:\d+\)?|node_modules|file:\/\/\/|\[object Object\]/;
/** RFC 6749 section 5.2. */
const DESCRIPTION = /^[\x20-\x21\x23-\x5b\x5d-\x7e]*$/;

/**
 * @param route what the request was made for, to name it
 * @returns the outcome
 * @throws Violation
 */
export function examine(
  input: HttpInput,
  { status, headers, body }: HttpAnswer,
  route: string,
  { redirects, allowedStatus = [] }: OracleRules,
): string {
  const fail = (problem: string): never => {
    throw new Violation(`${route}: ${problem}`);
  };
  if (status >= 500 && !allowedStatus.includes(status)) fail(`answers ${status}`);
  if (STACK.test(body)) fail('shows where it failed');
  if (headers['x-canary'] !== undefined) fail('lets a header be written by whoever asks');
  const type = headers['content-type'] ?? '';
  if (type.startsWith('text/html') && body.includes(MARKUP_CANARY)) fail('writes markup unescaped');
  const bodiless = input.method === 'HEAD' || status === 204 || status === 304;
  const error = /^application\/([\w.-]+\+)?json/.test(type) ? errorIn(body, bodiless, fail) : null;
  const location = headers.location;
  if (location !== undefined && !/^\/(?![/\\])/.test(location)) {
    if (!redirects.some((start) => location.startsWith(start))) fail(`redirects to ${location}`);
  }
  return `${route} ${status}${error === null ? '' : ` ${error}`}`;
}

function errorIn(body: string, bodiless: boolean, fail: (problem: string) => never) {
  if (body === '' && bodiless) return null;
  let answer: unknown;
  try {
    answer = JSON.parse(Buffer.from(body, 'latin1').toString('utf8'));
  } catch {
    return fail('answers with JSON that is none');
  }
  const { error, error_description: description } = (answer ?? {}) as Record<string, unknown>;
  if (typeof description === 'string' && !DESCRIPTION.test(description)) {
    fail('has a description that RFC 6749 does not allow');
  }
  return typeof error === 'string' ? error : null;
}
