/** Forgets revocations that concern no token any more, grants that ended long ago, and what only they had. */
import { Injectable } from '@nestjs/common';
import { GrantStore } from '../grant/grant.store.js';
import { HourlyPurge } from '../record/hourly.purge.js';
import { GrantTermsStore } from '../refresh-token/grant-terms.store.js';
import { RevocationRecord } from './revocation.record.js';

/** How long a grant that ended can still be asked about: why was I logged out? */
const GRANT_HISTORY_MS = 30 * 86_400_000;

/** How long terms that no grant has are kept: far longer than any process gives their id to new ones. */
const UNUSED_TERMS_MS = 86_400_000;

@Injectable()
export class RevocationRetention extends HourlyPurge {
  constructor(
    private readonly record: RevocationRecord,
    private readonly grants: GrantStore,
    private readonly terms: GrantTermsStore,
  ) {
    super();
  }

  override async purge(): Promise<void> {
    await this.inBatches((limit) => this.record.deleteExpired(limit));
    const before = new Date(Date.now() - GRANT_HISTORY_MS);
    await this.inBatches((limit) => this.grants.deleteExpired(before, limit));
    const unused = new Date(Date.now() - UNUSED_TERMS_MS);
    await this.inBatches((limit) => this.terms.deleteUnused(unused, limit));
  }
}
