/** Writes the answers of a backend: JSON, and redirects after which nothing is left in a cache. */
import { type ServerResponse } from 'node:http';

/** Headers of everything that the backend itself says. */
const HEADERS: Readonly<Record<string, string>> = {
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
};

/** Answers with an object. */
export function answer(
  response: ServerResponse,
  status: number,
  body: object,
  headers: Readonly<Record<string, string | readonly string[]>> = {},
): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    ...HEADERS,
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': String(Buffer.byteLength(text)),
    ...(headers as Record<string, string | string[]>),
  });
  response.end(text);
}

/** Sends a browser on, by GET. */
export function redirect(
  response: ServerResponse,
  location: string,
  cookies: readonly string[] = [],
): void {
  response.writeHead(303, {
    ...HEADERS,
    Location: location,
    'Content-Length': '0',
    ...(cookies.length > 0 && { 'Set-Cookie': [...cookies] }),
  });
  response.end();
}
