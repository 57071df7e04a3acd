/** What operators see of the authorization server: its metrics; log and traces need nothing of it. */
import { Module } from '@nestjs/common';
import { AccountModule } from '../account/account.module.js';
import { AuditModule } from '../audit/audit.module.js';
import { KeysModule } from '../keys/keys.module.js';
import { LimitsModule } from '../limits/limits.module.js';
import { FeedModule } from '../revocation/feed/feed.module.js';
import { RelayModule } from '../revocation/relay.module.js';
import { PostgresModule } from '../storage/postgres/postgres.module.js';
import { StorageModule } from '../storage/storage.module.js';
import { CountsModule } from './counts.module.js';
import { ServerMetrics } from './server.metrics.js';

@Module({
  imports: [
    AccountModule,
    AuditModule,
    CountsModule,
    FeedModule,
    KeysModule,
    LimitsModule,
    PostgresModule,
    RelayModule,
    StorageModule,
  ],
  providers: [ServerMetrics],
})
export class MetricsModule {}
