/** For how long a document is good, by the headers that it came with. */
import { type IncomingHttpHeaders } from 'node:http';

/** However short the answer says: an hour of sign-ins is not an hour of requests. */
export const MIN_FRESH_SECONDS = 60;

/** However long it says: a key that leaked is out of use after a day. */
export const MAX_FRESH_SECONDS = 86_400;

/** Where it says nothing. */
const DEFAULT_FRESH_SECONDS = 300;

/** @see RFC 9111 sections 4.2.1 and 5.2.2 */
export function freshSeconds(headers: IncomingHttpHeaders, nowMs: number): number {
  const seconds = lifetimeOf(headers, nowMs) - secondsOf(headers.age, 0);
  return Math.min(MAX_FRESH_SECONDS, Math.max(MIN_FRESH_SECONDS, seconds));
}

function lifetimeOf(
  { 'cache-control': control = '', expires }: IncomingHttpHeaders,
  nowMs: number,
) {
  const directives = control
    .toLowerCase()
    .split(',')
    .map((directive) => directive.trim());
  if (directives.some((name) => /^(?:no-store|no-cache)(?:=|$)/.test(name))) return 0;
  const valueOf = (name: string) =>
    directives.find((directive) => directive.startsWith(`${name}=`))?.slice(name.length + 1);
  const maxAge = valueOf('s-maxage') ?? valueOf('max-age');
  // What cannot be read is stale (section 4.2.1).
  if (maxAge !== undefined) return secondsOf(maxAge.replaceAll('"', ''), 0);
  if (expires === undefined) return DEFAULT_FRESH_SECONDS;
  const untilMs = Date.parse(expires);
  return Number.isNaN(untilMs) ? 0 : Math.floor((untilMs - nowMs) / 1000);
}

function secondsOf(value: string | undefined, otherwise: number): number {
  return value !== undefined && /^\d{1,10}$/.test(value) ? Number(value) : otherwise;
}
