/** Registering clients. */
import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { RevocationModule } from '../revocation/revocation.module.js';
import { StorageModule } from '../storage/storage.module.js';
import { ClientRegistrar } from './client.registrar.js';

@Module({
  imports: [AuditModule, RevocationModule, StorageModule],
  providers: [ClientRegistrar],
  exports: [ClientRegistrar],
})
export class ClientRegistrationModule {}
