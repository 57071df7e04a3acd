/** Challenges of WebAuthn: made here, good once, and for what they were made for alone. */
import { createHash, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { SingleUseStore } from '../single-use/single-use.store.js';

/** How long a person may look for their key. */
export const CHALLENGE_SECONDS = 300;

const CHALLENGE_BYTES = 32;

@Injectable()
export class WebAuthnChallenges {
  constructor(private readonly singleUse: SingleUseStore) {}

  /**
   * @param purpose the ceremony, the interaction and the account; the same is needed to claim it
   * @throws TemporarilyUnavailableError where it cannot be kept
   */
  async create(purpose: string): Promise<Uint8Array<ArrayBuffer>> {
    const challenge = new Uint8Array(randomBytes(CHALLENGE_BYTES));
    const key = keyOf(Buffer.from(challenge).toString('base64url'));
    await this.singleUse.put(key, { value: '', binding: purpose }, CHALLENGE_SECONDS);
    return challenge;
  }

  /**
   * Uses a challenge up: of any number of callers one is told true (WebAuthn section 13.4.3).
   * @param challenge as the browser sends it back, base64url
   */
  async claim(challenge: string, purpose: string): Promise<boolean> {
    return (await this.singleUse.claim(keyOf(challenge), purpose)).outcome === 'claimed';
  }
}

function keyOf(challenge: string): string {
  return `webauthn:${createHash('sha256').update(challenge).digest('base64url')}`;
}
