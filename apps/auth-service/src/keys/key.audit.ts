/** Writes what becomes of signing keys into the audit: who did it, and the key's name alone. */
import { Injectable } from '@nestjs/common';
import { AuditTrail } from '../audit/audit.trail.js';
import { type SigningAlgorithm } from '../config/environment.schema.js';
import { type Origin } from '../http/request.origin.js';
import { type SigningKeyStatus } from './signing-key.js';
import { type SigningKeyChanges, type StoredKeys } from './signing-key.store.js';

/** The event of each step; `key.revoked` is written where keys are revoked. */
const EVENT_OF: Readonly<Record<Exclude<SigningKeyStatus, 'revoked'>, string>> = {
  pending: 'key.published',
  active: 'key.activated',
  retired: 'key.retired',
  gone: 'key.gone',
};

/** Who asked for a change, as the audit is told. */
export interface KeyOrderer {
  /** `schedule`, `operator`, or whoever it is. */
  readonly by: string;
  readonly origin: Origin;
}

@Injectable()
export class KeyAudit {
  constructor(private readonly trail: AuditTrail) {}

  changed(
    { published }: StoredKeys,
    { updates, added }: SigningKeyChanges,
    orderer: KeyOrderer,
  ): void {
    for (const key of added) this.record(EVENT_OF[key.status], orderer, key);
    for (const { kid, status } of updates) {
      const before = published.find((key) => key.kid === kid);
      // Times that moved are a matter of the plan, and follow from what is recorded.
      if (before === undefined || before.status === status) continue;
      this.record(EVENT_OF[status], orderer, { kid, algorithm: before.algorithm });
    }
  }

  rotated(algorithm: SigningAlgorithm, takesOverAt: Date, { by, origin }: KeyOrderer): void {
    const detail = { by, algorithm, takesOverAt: takesOverAt.toISOString() };
    this.trail.record({ origin, type: 'key.rotated', outcome: 'success', detail });
  }

  imported(
    kid: string,
    algorithm: SigningAlgorithm,
    purpose: string,
    { by, origin }: KeyOrderer,
  ): void {
    const detail = { by, kid, algorithm, purpose };
    this.trail.record({ origin, type: 'key.imported', outcome: 'success', detail });
  }

  private record(
    type: string,
    { by, origin }: KeyOrderer,
    { kid, algorithm }: { readonly kid: string; readonly algorithm: string },
  ): void {
    this.trail.record({ origin, type, outcome: 'success', detail: { by, kid, algorithm } });
  }
}
