/** Time-based one-time passwords, as authenticator applications make them (RFC 6238). */
import { createHmac, timingSafeEqual } from 'node:crypto';

/** Seconds of a step (section 5.2). */
export const STEP_SECONDS = 30;

/** Digits of a code. */
export const CODE_DIGITS = 6;

/** Bytes of a secret: as long as the hash (RFC 4226 section 4, R6). */
export const SECRET_BYTES = 20;

// A code that was just read off, and one of a phone whose clock is a little ahead.
const ACCEPTED_STEPS = [0, -1, 1] as const;

const CODE = /^\d{6}$/;
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** The step that a time lies in. */
export function stepAt(timeMs: number): number {
  return Math.floor(timeMs / 1000 / STEP_SECONDS);
}

/**
 * The code of a step. Every application that people have takes SHA-1 and six digits; HMAC does not
 * rest on what SHA-1 is broken for.
 *
 * @see RFC 4226 section 5.3, RFC 6238 section 4.2
 */
export function codeOf(secret: Buffer, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac('sha1', secret).update(counter).digest();
  const offset = mac.readUInt8(mac.length - 1) & 0xf;
  const number = (mac.readUInt32BE(offset) & 0x7fffffff) % 10 ** CODE_DIGITS;
  return String(number).padStart(CODE_DIGITS, '0');
}

/**
 * The step that a typed code belongs to, of this one and its neighbours; all are compared, whichever
 * it is.
 *
 * @param typed spaces are people's
 * @returns null for a code that is none of them
 */
export function findStep(secret: Buffer, typed: string, nowMs: number): number | null {
  const code = typed.replaceAll(/\s/g, '');
  if (!CODE.test(code)) return null;
  const now = stepAt(nowMs);
  const matching = ACCEPTED_STEPS.map((offset) => now + offset).filter((step) =>
    timingSafeEqual(Buffer.from(codeOf(secret, step)), Buffer.from(code)),
  );
  return matching[0] ?? null;
}

/** A secret as people type it where there is no camera (RFC 4648 section 6, without padding). */
export function toBase32(secret: Buffer): string {
  const bits = [...secret].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const groups = bits.match(/.{1,5}/g) ?? [];
  return groups.map((group) => BASE32[parseInt(group.padEnd(5, '0'), 2)]).join('');
}

/**
 * What a QR code says to an authenticator application.
 * @see the Key Uri Format of Google Authenticator, which all of them read
 */
export function otpauthUri(secret: Buffer, issuer: string, username: string): string {
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(username)}`;
  const parameters = new URLSearchParams({ secret: toBase32(secret), issuer });
  // Some applications show a plus sign as it stands.
  return `otpauth://totp/${label}?${parameters.toString().replaceAll('+', '%20')}`;
}
