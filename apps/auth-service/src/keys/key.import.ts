/** Takes in a key that signed elsewhere, so that its tokens stay good when their issuer moves here. */
import { type KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { type JWK } from 'jose';
import { type SigningAlgorithm } from '../config/environment.schema.js';
import { KeyAudit, type KeyOrderer } from './key.audit.js';
import { KeyImportError } from './key.file.js';
import { publicJwkOf, UnfitKeyError } from './key.fitness.js';
import { KeyRotation } from './key.rotation.js';
import { thumbprintOf } from './key.thumbprint.js';
import { KeyTimes } from './key.times.js';
import { planImport } from './import.plan.js';
import { RowSigner } from './row.signer.js';
import { type StoredSigningKey } from './signing-key.js';
import { SigningKeyStore } from './signing-key.store.js';
import { CorruptedKeyError, publishedJwk, SigningKeyVault } from './signing-key.vault.js';

/** One key that is to be taken in. */
export interface ImportedKey extends KeyOrderer {
  readonly privateKey: KeyObject;
  readonly publicJwk: JWK;
  readonly algorithm: SigningAlgorithm;
  /**
   * The name that tokens of this key have in their header already; without it the thumbprint. Another
   * name than theirs, and resource servers would not find the key for them.
   */
  readonly kid?: string;
  /** The key signs nothing here, and is published until about then. */
  readonly verifyOnlyUntil?: Date;
}

const KID = /^[\x21-\x7e]{1,256}$/;

/** Imported keys stand in their rows, encrypted, whichever signer makes new ones. */
@Injectable()
export class KeyImport {
  constructor(
    private readonly store: SigningKeyStore,
    private readonly vault: SigningKeyVault,
    private readonly rows: RowSigner,
    private readonly rotation: KeyRotation,
    private readonly times: KeyTimes,
    private readonly audit: KeyAudit,
  ) {}

  /**
   * Publishes the key. Unless it is only to verify, it is the next of its algorithm to sign: by plan, and
   * after its lead.
   *
   * @returns how it is stored
   * @throws KeyImportError for a key that is weak, of another kind, known already, or of no use
   * @throws TemporarilyUnavailableError where the store cannot be reached
   */
  async import(key: ImportedKey): Promise<StoredSigningKey> {
    const { algorithm, verifyOnlyUntil } = key;
    const publicJwk = fitJwk(key);
    const thumbprint = await thumbprintOf(publicJwk);
    const kid = key.kid ?? thumbprint;
    if (!KID.test(kid)) throw new KeyImportError('the kid must be 1 to 256 printable characters');
    const held = await this.rows.hold(key.privateKey, kid);
    const facts = { kid, algorithm, publicJwk: publishedJwk(publicJwk, algorithm, kid), ...held };
    await this.checkPossession(facts);

    // So that there is a key which signs meanwhile.
    await this.rotation.advance('wait');
    const algorithms = await this.rotation.algorithms();
    let imported: StoredSigningKey | null = null;
    await this.store.change(async (keys) => {
      await this.checkUnknown(kid, thumbprint);
      const policy = { algorithms, ...this.times.policy };
      const { own, updates } = planImport(keys, { kid, algorithm, verifyOnlyUntil }, policy);
      imported = { ...facts, ...own };
      return { updates, added: [imported] };
    }, 'wait');
    if (imported === null) throw new Error('the import was left to another replica');
    const purpose = verifyOnlyUntil === undefined ? 'sign' : 'verify';
    this.audit.imported(kid, algorithm, purpose, key);
    return imported;
  }

  private async checkPossession(facts: Omit<StoredSigningKey, keyof StoredTimes>): Promise<void> {
    const now = new Date();
    const times = { status: 'pending', signFrom: now, signUntil: null, createdAt: now } as const;
    try {
      await this.vault.open({ ...facts, ...times });
    } catch (error) {
      if (!(error instanceof CorruptedKeyError)) throw error;
      throw new KeyImportError('the private half does not belong to the public half');
    }
  }

  private async checkUnknown(kid: string, thumbprint: string): Promise<void> {
    for (const known of await this.store.list()) {
      if (known.kid !== kid && (await thumbprintOf(known.publicJwk)) !== thumbprint) continue;
      const what = known.kid === kid ? `a key ${kid}` : `this key, as ${known.kid}`;
      throw new KeyImportError(`there is ${what} already, and it is ${known.status}`);
    }
  }
}

type StoredTimes = Pick<StoredSigningKey, 'status' | 'signFrom' | 'signUntil' | 'createdAt'>;

function fitJwk({ publicJwk, algorithm }: ImportedKey): JWK {
  try {
    return publicJwkOf({ ...publicJwk }, algorithm);
  } catch (error) {
    if (!(error instanceof UnfitKeyError)) throw error;
    throw new KeyImportError(`the key must not sign with ${algorithm}: ${error.message}`);
  }
}
