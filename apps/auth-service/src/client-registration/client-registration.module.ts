/** Registering clients. */
import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { RevocationModule } from '../revocation/revocation.module.js';
import { StorageModule } from '../storage/storage.module.js';
import { ClientDocumentRules } from './client.document.rules.js';
import { ClientRegistrar } from './client.registrar.js';

@Module({
  imports: [AuditModule, RevocationModule, StorageModule],
  providers: [ClientDocumentRules, ClientRegistrar],
  exports: [ClientDocumentRules, ClientRegistrar],
})
export class ClientRegistrationModule {}
