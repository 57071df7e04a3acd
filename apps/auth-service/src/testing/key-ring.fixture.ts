/** A key ring over a list of keys and a clock that tests turn. */
import { randomBytes } from 'node:crypto';
import { type SigningAlgorithm } from '../config/environment.schema.js';
import { type SigningKeyConfig } from '../config/signing-key.config.js';
import { type TokenConfig } from '../config/token.config.js';
import { Clock } from '../keys/clock.js';
import { EnvironmentKeyEncryption } from '../keys/environment.key-encryption.js';
import { KeyRing } from '../keys/key.ring.js';
import { KeyRotation } from '../keys/key.rotation.js';
import { SigningKeyCipher } from '../keys/signing-key.cipher.js';
import { ListedSigningKeyStore } from './listed-signing-key.store.js';

/** Ten days a key, one day ahead. */
export const KEY_TIMES: SigningKeyConfig = {
  rotationSeconds: 864_000,
  leadSeconds: 86_400,
  pollMs: 30_000,
  jwksMaxAgeSeconds: 300,
};

/** A clock that stands where it was put. */
export class TurnedClock extends Clock {
  constructor(private ms = Date.now()) {
    super();
  }

  override nowMs(): number {
    return this.ms;
  }

  advance(ms: number): void {
    this.ms += ms;
  }
}

/** A replica; one that is given another's store and clock shares the keys with it. */
export function createKeyRing(
  algorithm: SigningAlgorithm = 'ES256',
  clock: Clock = new TurnedClock(),
  store = new ListedSigningKeyStore(() => clock.nowMs()),
  cipher = new SigningKeyCipher(new EnvironmentKeyEncryption(randomBytes(32))),
) {
  const token = { signingAlgorithm: algorithm } as TokenConfig;
  const rotation = new KeyRotation(store, cipher, token, KEY_TIMES);
  const ring = new KeyRing(store, cipher, rotation, clock, token, KEY_TIMES);
  return { store, cipher, rotation, ring, clock };
}
