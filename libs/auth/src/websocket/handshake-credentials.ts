/** Reads the credentials of a handshake: one token, in one of the places where one may stand. */
import { type CallRequest } from '../call/call-request.js';

/** Marks the subprotocol that holds a token, for browsers, which can send no header of their own. */
export const BEARER_SUBPROTOCOL = 'bearer.';

/** A handshake as Node and socket.io show it. */
export interface Handshake {
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly rawHeaders?: readonly string[];
  readonly url?: string;
  /** socket.io's `auth`: what the client sent in the first packet. */
  readonly auth?: unknown;
}

/**
 * A request with the credentials of the handshake, in which each token stands like one in an
 * Authorization header: so one is verified, and two are refused, by the rules for HTTP. A token in
 * the URL is never taken, since URLs end up in logs.
 *
 * @param further values that the client gave like ones of an Authorization header
 */
export function handshakeCredentials(
  { headers, rawHeaders = [], url, auth }: Handshake,
  further: readonly string[] = [],
): CallRequest {
  const own = rawValues(rawHeaders, 'authorization');
  const values = [
    ...(own.length > 0 ? own : [headers['authorization'] ?? []].flat()),
    ...subprotocolsOf(headers)
      .filter(isToken)
      .map((protocol) => bearer(protocol.slice(BEARER_SUBPROTOCOL.length))),
    ...further,
    ...tokensOf(auth).map((token) => bearer(typeof token === 'string' ? token : '')),
  ];
  return {
    headers: {
      authorization: values[0],
      dpop: headers['dpop'],
      // A cookie counts by where the page is that opened the connection.
      cookie: headers['cookie'],
      origin: headers['origin'],
      'sec-fetch-site': headers['sec-fetch-site'],
      upgrade: 'websocket',
    },
    method: 'GET',
    url,
    rawHeaders: [
      ...rawValues(rawHeaders, 'dpop').flatMap((proof) => ['dpop', proof]),
      ...values.flatMap((value) => ['authorization', value]),
    ],
    query: queryOf(url),
  };
}

/** What the server answers of the offered subprotocols: never the token. */
export function answeredSubprotocol(offered: Iterable<string>): string | false {
  return [...offered].find((protocol) => !isToken(protocol)) ?? false;
}

/** Node keeps one of several headers; the raw list has all of them. */
function rawValues(rawHeaders: readonly string[], name: string): readonly string[] {
  return rawHeaders.filter(
    (_text, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name,
  );
}

function subprotocolsOf({
  'sec-websocket-protocol': offered,
}: Handshake['headers']): readonly string[] {
  return [offered ?? []].flat().flatMap((line) => line.split(',').map((text) => text.trim()));
}

function isToken(protocol: string): boolean {
  return protocol.startsWith(BEARER_SUBPROTOCOL);
}

function tokensOf(auth: unknown): readonly unknown[] {
  const isRecord = typeof auth === 'object' && auth !== null;
  return isRecord && Object.hasOwn(auth, 'token') ? [(auth as { token: unknown }).token] : [];
}

function queryOf(url = ''): Readonly<Record<string, string>> {
  const query = url.indexOf('?');
  return query < 0 ? {} : Object.fromEntries(new URLSearchParams(url.slice(query)));
}

function bearer(token: string): string {
  return `Bearer ${token}`;
}
