/** Registering resources. */
import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { StorageModule } from '../storage/storage.module.js';
import { ResourceRegistrar } from './resource.registrar.js';

@Module({
  imports: [AuditModule, StorageModule],
  providers: [ResourceRegistrar],
  exports: [ResourceRegistrar],
})
export class ResourceRegistrationModule {}
