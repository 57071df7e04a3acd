/** Does what a plan of the signing keys says: makes keys, encrypts them anew, has signers destroy them. */
import { Injectable, Logger } from '@nestjs/common';
import { type RotationPlan } from './rotation.plan.js';
import { RowSigner } from './row.signer.js';
import { Signers } from './signers.js';
import { type SigningKeyChanges, type StoredKeys } from './signing-key.store.js';
import { SigningKeyVault } from './signing-key.vault.js';

@Injectable()
export class KeyWork {
  private readonly logger = new Logger(KeyWork.name);

  constructor(
    private readonly vault: SigningKeyVault,
    private readonly rows: RowSigner,
    private readonly signers: Signers,
  ) {}

  /** Whether a key waits to be encrypted anew. */
  isWaiting({ published }: StoredKeys): boolean {
    return published.some((key) => this.rows.isOutdated(key));
  }

  /** @throws TemporarilyUnavailableError where the signer cannot be reached */
  async carryOut(
    { published }: StoredKeys,
    { updates, added }: RotationPlan,
  ): Promise<SigningKeyChanges> {
    const made = added.map(({ algorithm, ...times }) => this.vault.generate(algorithm, times));
    const outdated = published.filter((key) => this.rows.isOutdated(key));
    return {
      updates,
      added: await Promise.all(made),
      encrypted: await Promise.all(outdated.map((key) => this.rows.reencrypt(key))),
    };
  }

  /** Behind the change, which counts: a private half that a signer keeps too long signs nothing more. */
  async cleanUp({ published }: StoredKeys, { updates }: RotationPlan): Promise<void> {
    const gone = new Set(updates.filter(({ status }) => status === 'gone').map(({ kid }) => kid));
    for (const key of published.filter(({ kid }) => gone.has(kid))) {
      try {
        await this.signers.holderOf(key).destroy(key);
      } catch (error) {
        this.logger.warn(
          `the signer "${key.signer}" may still hold ${key.signerKey}, which is of no use any more: ${String(error)}`,
        );
      }
    }
  }
}
