/** Takes a revoked signing key out of use in every replica, whichever of them was told. */
import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { KeyRing } from '../../keys/key.ring.js';
import { RevocationJournal } from './revocation.journal.js';

/** Follows the journal, as resource servers do. */
@Injectable()
export class RevokedKeyWatcher implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger(RevokedKeyWatcher.name);
  private unsubscribe: () => void = () => undefined;

  constructor(
    private readonly journal: RevocationJournal,
    private readonly keys: KeyRing,
  ) {}

  onModuleInit(): void {
    this.unsubscribe = this.journal.subscribe((revocations) => {
      if (!revocations.some(({ kind }) => kind === 'kid')) return;
      this.keys.renew().catch((error: unknown) => {
        this.logger.error(`a revoked key is still in use here: ${String(error)}`);
      });
    });
  }

  onModuleDestroy(): void {
    this.unsubscribe();
  }
}
