/** Makes the two kinds of tokens of registration, and what is kept of them. */
import { hash, randomBytes } from 'node:crypto';

const TOKEN_BYTES = 32;

/** An initial access token; secret scanners know it by its prefix. */
export function newInitialAccessToken(): string {
  return `kwi_${randomBytes(TOKEN_BYTES).toString('base64url')}`;
}

/** A registration access token (RFC 7592 section 1.2). */
export function newRegistrationAccessToken(): string {
  return `kwm_${randomBytes(TOKEN_BYTES).toString('base64url')}`;
}

/** All that is kept: enough, because it is of 256 random bits. */
export function digestOf(token: string): Buffer {
  return hash('sha256', token, 'buffer');
}
