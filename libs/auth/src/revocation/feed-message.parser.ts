/** Reads a message of the feed: one that is not exactly what it should be ends the connection. */
import { REVOCATION_KINDS, type RevocationKind } from '@keyward/oauth';
import { parseStrictObject, type JsonObject } from '../jws/strict-json.js';
import { type FeedMessage } from './revocation.source.js';

/**
 * @param type `start`, `revocation` or `heartbeat`; undefined is returned for another, which a later
 *   release of the issuer may send
 * @throws Error for data that are not of that type
 */
export function parseFeedMessage(type: string, json: string): FeedMessage | undefined {
  if (type !== 'start' && type !== 'revocation' && type !== 'heartbeat') return undefined;
  const data = parseStrictObject(Buffer.from(json));
  const position = count(data, 'position');
  if (type === 'start') return { type, data: { position } };
  const previous = count(data, 'previous');
  if (type === 'heartbeat') return { type, data: { position, previous } };
  const { kind, value, iat_before } = data;
  if (!isKind(kind)) throw new Error('a revocation of an unknown kind');
  if (typeof value !== 'string' || value === '') throw new Error('a revocation of nothing');
  const before = iat_before === undefined ? {} : { iat_before: count(data, 'iat_before') };
  return { type, data: { kind, value, ...before, exp: count(data, 'exp'), position, previous } };
}

function count(data: JsonObject, name: string): number {
  const value = data[name];
  if (!Number.isSafeInteger(value) || (value as number) < 0) throw new Error(`no ${name}`);
  return value as number;
}

function isKind(value: unknown): value is RevocationKind {
  return REVOCATION_KINDS.some((kind) => kind === value);
}
