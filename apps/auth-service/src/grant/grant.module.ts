/** Grants: what resource owners allowed clients. */
import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { RelayModule } from '../revocation/relay.module.js';
import { StorageModule } from '../storage/storage.module.js';
import { AllowedApplications } from './allowed.applications.js';
import { GrantHistory } from './grant.history.js';
import { GrantService } from './grant.service.js';

@Module({
  imports: [StorageModule, AuditModule, RelayModule],
  providers: [GrantService, GrantHistory, AllowedApplications],
  exports: [GrantService, GrantHistory, AllowedApplications],
})
export class GrantModule {}
