/** A key ring over a list of keys and a clock that tests turn. */
import { randomBytes } from 'node:crypto';
import { type SigningAlgorithm } from '../config/environment.schema.js';
import { type SigningKeyConfig } from '../config/signing-key.config.js';
import { Clock } from '../keys/clock.js';
import { EnvironmentKeyEncryption } from '../keys/environment.key-encryption.js';
import { KeyAudit } from '../keys/key.audit.js';
import { type KeyEncryption } from '../keys/key-encryption.js';
import { KeyImport } from '../keys/key.import.js';
import { KeyReader } from '../keys/key.reader.js';
import { KeyRing } from '../keys/key.ring.js';
import { KeyRotation } from '../keys/key.rotation.js';
import { KeyTimes } from '../keys/key.times.js';
import { KeyWork } from '../keys/key.work.js';
import { RegisteredAlgorithms } from '../keys/registered.algorithms.js';
import { RowSigner } from '../keys/row.signer.js';
import { type Signer } from '../keys/signer.js';
import { Signers } from '../keys/signers.js';
import { SigningKeyVault } from '../keys/signing-key.vault.js';
import { ListedSigningKeyStore } from './listed-signing-key.store.js';
import { RecordedAudit } from './recorded-audit.js';

/** Ten days a key, one day ahead. */
export const KEY_TIMES: SigningKeyConfig = {
  rotationSeconds: 864_000,
  leadSeconds: 86_400,
  pollMs: 30_000,
  jwksMaxAgeSeconds: 300,
  signer: 'row',
  signerSocket: undefined,
  signerTimeoutMs: 2000,
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

/** The algorithms of clients and resources that a test has registered. */
export class ListedAlgorithms extends RegisteredAlgorithms {
  algorithms: SigningAlgorithm[] = [];

  async find(): Promise<readonly SigningAlgorithm[]> {
    return this.algorithms;
  }
}

/** A vault whose keys stand in their rows, unless there is another signer. */
export function createVault(encryption?: KeyEncryption, signer?: Signer) {
  const row = new RowSigner(encryption ?? new EnvironmentKeyEncryption(randomBytes(32)));
  const signers = signer === undefined ? new Signers(row) : new Signers(signer, [row]);
  const vault = new SigningKeyVault(signers);
  return { vault, row, work: new KeyWork(vault, row, signers) };
}

/** A replica; one that is given another's store, clock and vault shares the keys with it. */
export function createKeyRing(
  algorithm: SigningAlgorithm = 'ES256',
  clock: Clock = new TurnedClock(),
  store = new ListedSigningKeyStore(() => clock.nowMs()),
  keeping = createVault(),
) {
  const token = { signingAlgorithm: algorithm };
  const audit = new RecordedAudit();
  const registered = new ListedAlgorithms();
  const times = new KeyTimes(KEY_TIMES);
  const { vault, row, work } = keeping;
  const keyAudit = new KeyAudit(audit);
  const rotation = new KeyRotation(store, registered, work, keyAudit, times, token);
  const imports = new KeyImport(store, vault, row, rotation, times, keyAudit);
  const reader = new KeyReader(store, vault, clock);
  const ring = new KeyRing(reader, rotation, clock, token, KEY_TIMES);
  return { store, vault, keeping, rotation, imports, registered, audit, ring, clock };
}
