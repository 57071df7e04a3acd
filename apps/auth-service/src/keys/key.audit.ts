/** Writes what becomes of signing keys into the audit: who did it, and the key's name alone. */
import { Injectable } from '@nestjs/common';
import { AuditTrail } from '../audit/audit.trail.js';
import { type SigningAlgorithm } from '../config/environment.schema.js';
import { type SigningKeyStatus } from './signing-key.js';
import { type SigningKeyChanges, type StoredKeys } from './signing-key.store.js';

/** The event of each step; `key.revoked` is written where keys are revoked. */
const EVENT_OF: Readonly<Record<Exclude<SigningKeyStatus, 'revoked'>, string>> = {
  pending: 'key.published',
  active: 'key.activated',
  retired: 'key.retired',
  gone: 'key.gone',
};

@Injectable()
export class KeyAudit {
  constructor(private readonly trail: AuditTrail) {}

  /** @param by `schedule`, or who asked for it */
  changed({ published }: StoredKeys, { updates, added }: SigningKeyChanges, by: string): void {
    for (const key of added) this.record(EVENT_OF[key.status], by, key);
    for (const { kid, status } of updates) {
      const before = published.find((key) => key.kid === kid);
      // Times that moved are a matter of the plan, and follow from what is recorded.
      if (before === undefined || before.status === status) continue;
      this.record(EVENT_OF[status], by, { kid, algorithm: before.algorithm });
    }
  }

  rotated(algorithm: SigningAlgorithm, takesOverAt: Date, by: string): void {
    const detail = { by, algorithm, takesOverAt: takesOverAt.toISOString() };
    this.trail.record({ type: 'key.rotated', outcome: 'success', detail });
  }

  imported(kid: string, algorithm: SigningAlgorithm, purpose: string, by: string): void {
    const detail = { by, kid, algorithm, purpose };
    this.trail.record({ type: 'key.imported', outcome: 'success', detail });
  }

  private record(
    type: string,
    by: string,
    { kid, algorithm }: { readonly kid: string; readonly algorithm: string },
  ): void {
    this.trail.record({ type, outcome: 'success', detail: { by, kid, algorithm } });
  }
}
