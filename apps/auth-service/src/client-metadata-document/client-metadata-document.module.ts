/** Clients that publish what they are. */
import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { ClientDocumentRules } from '../client-registration/client.document.rules.js';
import { LimitsModule } from '../limits/limits.module.js';
import { OutboundModule } from '../outbound/outbound.module.js';
import { StorageModule } from '../storage/storage.module.js';
import { ClientDocumentParser } from './client-document.parser.js';
import { DocumentFetcher } from './document.fetcher.js';
import { PublishedClients } from './published.clients.js';

// The rules are provided anew: what registers clients also revokes, and for that authenticates clients.
@Module({
  imports: [AuditModule, LimitsModule, OutboundModule, StorageModule],
  providers: [ClientDocumentParser, ClientDocumentRules, DocumentFetcher, PublishedClients],
  exports: [PublishedClients],
})
export class ClientMetadataDocumentModule {}
