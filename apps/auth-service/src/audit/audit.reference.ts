/** Makes references of audit events: UUIDs that sort by time. */
import { randomBytes } from 'node:crypto';

const MAX_COUNT = 0xfff;

/**
 * Gives UUIDs of version 7, each greater than the one before: so events of one millisecond stay in
 * order, and new rows come at one end of the index. A reference opens nothing: it may be guessed.
 * @see RFC 9562 section 6.2, method 1
 */
export class AuditReferences {
  private lastMs = 0;
  private count = 0;

  next(nowMs = Date.now()): string {
    // A clock that steps back, or 4,096 events in a millisecond, borrow from the next one.
    if (nowMs > this.lastMs) {
      this.lastMs = nowMs;
      this.count = 0;
    } else if (this.count === MAX_COUNT) {
      this.lastMs += 1;
      this.count = 0;
    } else {
      this.count += 1;
    }
    const bytes = randomBytes(16);
    bytes.writeUIntBE(this.lastMs, 0, 6);
    bytes.writeUInt16BE(0x7000 | this.count, 6);
    bytes.writeUInt8(0x80 | (bytes.readUInt8(8) & 0x3f), 8);
    return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  }
}
