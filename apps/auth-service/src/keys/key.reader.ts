/** Reads the stored signing keys into the snapshot of the next moment. */
import { Injectable } from '@nestjs/common';
import { Clock } from './clock.js';
import { findClockProblem } from './clock.problem.js';
import { KeySnapshot } from './key.snapshot.js';
import { type SigningKey, type StoredSigningKey } from './signing-key.js';
import { SigningKeyStore } from './signing-key.store.js';
import { SigningKeyVault } from './signing-key.vault.js';

/** What a read has found. */
export interface KeyReading {
  readonly snapshot: KeySnapshot;
  /** A sentence for the operator where this machine's clock is far off, else null. */
  readonly clockProblem: string | null;
  /** Why a key cannot be used that should be, which the snapshot lacks; else null. */
  readonly failure: Error | null;
}

/** Stateless: what is known comes from the snapshot before. */
@Injectable()
export class KeyReader {
  constructor(
    private readonly store: SigningKeyStore,
    private readonly vault: SigningKeyVault,
    private readonly clock: Clock,
  ) {}

  /**
   * A key that cannot be opened keeps none of the others out, and above all no revoked one in.
   * @throws TemporarilyUnavailableError where the store cannot be reached
   */
  async read(known: KeySnapshot): Promise<KeyReading> {
    const startedMs = this.clock.nowMs();
    const { published, gone, now } = await this.store.find();
    const clockProblem = findClockProblem(startedMs, now.getTime(), this.clock.nowMs());
    const opened = await Promise.allSettled(published.map((key) => this.open(key, known)));
    const keys = opened.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    const failed = opened.find((one) => one.status === 'rejected');
    const failure = failed === undefined ? null : asError(failed.reason);
    return { snapshot: new KeySnapshot(keys, gone), clockProblem, failure };
  }

  // A known key keeps its KeyObjects: they are what per-key caches hang on.
  private async open(key: StoredSigningKey, snapshot: KeySnapshot): Promise<SigningKey> {
    const known = snapshot.find(key.kid);
    if (known === undefined) return this.vault.open(key);
    const { status, signFrom, signUntil } = key;
    return { ...known, status, signFrom, signUntil };
  }
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}
