/** Grants in this process, for unit tests of whatever begins or ends one. */
import { type Grant, type RevocationCause } from '../grant/grant.js';
import { type GrantService } from '../grant/grant.service.js';

/** As atomic as the record: nothing here waits, but where a test says so. */
export class StandingGrants implements Pick<
  GrantService,
  'create' | 'revoke' | 'revokeOrForestall'
> {
  /** By id: null for a grant in force. */
  readonly causes = new Map<string, RevocationCause | null>();
  /** Awaited before a grant is created. */
  beforeCreate: () => Promise<void> = async () => undefined;

  async create({ grantId }: Grant): Promise<boolean> {
    await this.beforeCreate();
    if (this.causes.has(grantId)) return false;
    this.causes.set(grantId, null);
    return true;
  }

  async revoke(grantId: string, cause: RevocationCause): Promise<void> {
    if (this.causes.get(grantId) === null) this.causes.set(grantId, cause);
  }

  async revokeOrForestall({ grantId }: Grant, cause: RevocationCause): Promise<void> {
    this.causes.set(grantId, this.causes.get(grantId) ?? cause);
  }

  async find(grantId: string): Promise<{ readonly cause: RevocationCause | null } | null> {
    const cause = this.causes.get(grantId);
    return cause === undefined ? null : { cause };
  }
}
