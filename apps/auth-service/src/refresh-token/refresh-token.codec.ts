/** The form of a refresh token: which lineage, which generation, and a tag that only this server makes. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { RefreshTokenKeys } from './refresh-token.keys.js';

/** With what every refresh token begins, so that secret scanners can find one that leaked. */
export const REFRESH_TOKEN_PREFIX = 'kwr_';

/** Bytes of a handle. */
export const HANDLE_BYTES = 16;

/** Highest generation: a token names it in four bytes. */
export const MAX_GENERATION = 0xffff_ffff;

const CONTEXT = 'keyward/refresh/1';
const VERSION_OFFSET = 0;
const HANDLE_OFFSET = 1;
const GENERATION_OFFSET = HANDLE_OFFSET + HANDLE_BYTES;
const TAG_OFFSET = GENERATION_OFFSET + 4;
const TAG_BYTES = 32;
const TOKEN_BYTES = TAG_OFFSET + TAG_BYTES;
const TOKEN_LENGTH = REFRESH_TOKEN_PREFIX.length + Math.ceil((TOKEN_BYTES * 4) / 3);

/** What an authentic token says. */
export interface RefreshTokenContent {
  /** The lookup key of the lineage; it is never published and has nothing to do with the `grant_id`. */
  readonly handle: Buffer;
  readonly generation: number;
}

/**
 * Makes tokens and recognises them without asking anyone: nothing that could be presented is stored,
 * and a forged token costs one hash.
 */
@Injectable()
export class RefreshTokenCodec {
  constructor(private readonly keys: RefreshTokenKeys) {}

  /** The same token whenever it is asked for, as long as the newest key stays the same. */
  encode({ handle, generation }: RefreshTokenContent): string {
    const token = Buffer.alloc(TOKEN_BYTES);
    token.writeUInt8(this.keys.newestVersion, VERSION_OFFSET);
    handle.copy(token, HANDLE_OFFSET);
    token.writeUInt32BE(generation, GENERATION_OFFSET);
    const key = this.keys.find(this.keys.newestVersion) as Buffer;
    tagOf(key, token).copy(token, TAG_OFFSET);
    return REFRESH_TOKEN_PREFIX + token.toString('base64url');
  }

  /** @returns null for whatever none of the keys has signed */
  decode(text: string): RefreshTokenContent | null {
    const token = bytesOf(text);
    const key = token && this.keys.find(token.readUInt8(VERSION_OFFSET));
    if (!token || !key) return null;
    if (!timingSafeEqual(tagOf(key, token), token.subarray(TAG_OFFSET))) return null;
    return {
      handle: token.subarray(HANDLE_OFFSET, GENERATION_OFFSET),
      generation: token.readUInt32BE(GENERATION_OFFSET),
    };
  }

  /**
   * The key version that a text of the right form names, where it is newer than any that this process
   * has: another replica may have been given that key already.
   */
  newerKeyVersion(text: string): number | null {
    const version = bytesOf(text)?.readUInt8(VERSION_OFFSET) ?? 0;
    return version > this.keys.newestVersion ? version : null;
  }
}

function tagOf(key: Buffer, token: Buffer): Buffer {
  return createHmac('sha256', key).update(CONTEXT).update(token.subarray(0, TAG_OFFSET)).digest();
}

/** One text for each token: what base64url would read as the same bytes is not one. */
function bytesOf(text: string): Buffer | null {
  if (text.length !== TOKEN_LENGTH || !text.startsWith(REFRESH_TOKEN_PREFIX)) return null;
  const encoded = text.slice(REFRESH_TOKEN_PREFIX.length);
  const token = Buffer.from(encoded, 'base64url');
  return token.length === TOKEN_BYTES && token.toString('base64url') === encoded ? token : null;
}
