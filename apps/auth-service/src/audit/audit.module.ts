/** The audit trail, for every module that decides something. */
import { Module } from '@nestjs/common';
import { CountedAuditTrail } from '../observability/counted.audit-trail.js';
import { CountsModule } from '../observability/counts.module.js';
import { ServerCounts } from '../observability/server.counts.js';
import { StorageModule } from '../storage/storage.module.js';
import { AuditRetention } from './audit.retention.js';
import { AuditTrail } from './audit.trail.js';
import { BufferedAuditTrail } from './buffered.audit-trail.js';

@Module({
  imports: [StorageModule, CountsModule],
  providers: [
    BufferedAuditTrail,
    {
      provide: AuditTrail,
      inject: [BufferedAuditTrail, ServerCounts],
      useFactory: (trail: BufferedAuditTrail, counts: ServerCounts) =>
        new CountedAuditTrail(trail, counts),
    },
    AuditRetention,
  ],
  exports: [AuditTrail, BufferedAuditTrail],
})
export class AuditModule {}
