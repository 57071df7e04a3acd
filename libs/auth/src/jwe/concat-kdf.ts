/** Concat KDF: turns what two keys agreed on into the key of one algorithm (RFC 7518 section 4.6.2). */
import { hash } from 'node:crypto';

/** What the key is for and who agreed on it; all of it goes into the key. */
export interface AgreementInfo {
  /** `enc` of the token. */
  readonly algorithm: string;
  readonly apu: Buffer;
  readonly apv: Buffer;
  /** Bytes of the key, 32 at most: so many one round gives. */
  readonly keyBytes: number;
}

/** @see NIST SP 800-56A revision 2 section 5.8.1.2, with SHA-256 */
export function deriveContentKey(
  secret: Buffer,
  { algorithm, apu, apv, keyBytes }: AgreementInfo,
): Buffer {
  const input = Buffer.concat([
    uint32(1),
    secret,
    ...lengthPrefixed(Buffer.from(algorithm)),
    ...lengthPrefixed(apu),
    ...lengthPrefixed(apv),
    uint32(keyBytes * 8),
  ]);
  return hash('sha256', input, 'buffer').subarray(0, keyBytes);
}

function lengthPrefixed(bytes: Buffer): readonly Buffer[] {
  return [uint32(bytes.length), bytes];
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
