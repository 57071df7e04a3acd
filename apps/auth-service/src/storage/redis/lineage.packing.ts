/** The form of a lineage in Redis: one packed string, which the script and this file read alike. */
import { type HotLineage, type Lineage, type Standing } from '../../refresh-token/lineage.js';

/** Changed with the layout: a record of another version is a miss. */
export const LAYOUT_VERSION = 1;

/** As numbers in the packed form. */
export const STANDINGS: readonly Standing[] = ['live', 'revoked', 'reused'];

/** Characters of a run_id. */
export const RUN_ID_LENGTH = 40;

const OFFSET = {
  version: 0,
  standing: 1,
  current: 2,
  parent: 6,
  floor: 10,
  last: 14,
  idle: 22,
  absolute: 30,
  runId: 38,
  client: 78,
  grant: 94,
  account: 110,
  session: 126,
  authenticatedAt: 142,
  terms: 146,
  keyBinding: 150,
} as const;

/** @returns the packed lineage, live and with no process as its writer: the script fills that in */
export function packLineage(lineage: Lineage): Buffer {
  const binding = lineage.keyBinding ?? Buffer.alloc(0);
  const packed = Buffer.alloc(OFFSET.keyBinding + binding.length);
  packed.writeUInt8(LAYOUT_VERSION, OFFSET.version);
  packed.writeUInt32BE(lineage.current, OFFSET.current);
  packed.writeUInt32BE(lineage.parent, OFFSET.parent);
  packed.writeUInt32BE(lineage.floor, OFFSET.floor);
  packed.writeDoubleBE(lineage.lastMs, OFFSET.last);
  packed.writeDoubleBE(lineage.idleExpiresMs, OFFSET.idle);
  packed.writeDoubleBE(lineage.absoluteExpiresMs, OFFSET.absolute);
  lineage.clientDigest.copy(packed, OFFSET.client);
  uuidBytes(lineage.grantId).copy(packed, OFFSET.grant);
  uuidBytes(lineage.accountId).copy(packed, OFFSET.account);
  uuidBytes(lineage.sid).copy(packed, OFFSET.session);
  packed.writeUInt32BE(lineage.authenticatedAtSeconds, OFFSET.authenticatedAt);
  packed.writeUInt32BE(lineage.termsId, OFFSET.terms);
  binding.copy(packed, OFFSET.keyBinding);
  return packed;
}

/** Whether a record of this layout holds a lineage; what was revoked unseen has none. */
export function isComplete(packed: Buffer): boolean {
  return packed.length >= OFFSET.keyBinding && packed.readUInt8(OFFSET.version) === LAYOUT_VERSION;
}

export function unpackLineage(packed: Buffer): HotLineage {
  return {
    standing: STANDINGS[packed.readUInt8(OFFSET.standing)] ?? 'revoked',
    current: packed.readUInt32BE(OFFSET.current),
    parent: packed.readUInt32BE(OFFSET.parent),
    floor: packed.readUInt32BE(OFFSET.floor),
    lastMs: packed.readDoubleBE(OFFSET.last),
    idleExpiresMs: packed.readDoubleBE(OFFSET.idle),
    absoluteExpiresMs: packed.readDoubleBE(OFFSET.absolute),
    clientDigest: packed.subarray(OFFSET.client, OFFSET.grant),
    grantId: uuidText(packed, OFFSET.grant),
    accountId: uuidText(packed, OFFSET.account),
    sid: uuidText(packed, OFFSET.session),
    authenticatedAtSeconds: packed.readUInt32BE(OFFSET.authenticatedAt),
    termsId: packed.readUInt32BE(OFFSET.terms),
    keyBinding: packed.length > OFFSET.keyBinding ? packed.subarray(OFFSET.keyBinding) : null,
  };
}

function uuidBytes(uuid: string): Buffer {
  return Buffer.from(uuid.replaceAll('-', ''), 'hex');
}

function uuidText(packed: Buffer, offset: number): string {
  const hex = packed.toString('hex', offset, offset + 16);
  const word = (from: number, to: number) => hex.slice(from, to);
  return `${word(0, 8)}-${word(8, 12)}-${word(12, 16)}-${word(16, 20)}-${word(20, 32)}`;
}
