/** The audit trail, for every module that decides something. */
import { Module } from '@nestjs/common';
import { StorageModule } from '../storage/storage.module.js';
import { AuditRetention } from './audit.retention.js';
import { AuditTrail } from './audit.trail.js';
import { BufferedAuditTrail } from './buffered.audit-trail.js';

@Module({
  imports: [StorageModule],
  providers: [{ provide: AuditTrail, useClass: BufferedAuditTrail }, AuditRetention],
  exports: [AuditTrail],
})
export class AuditModule {}
