/** Authenticates clients, for every endpoint that they call. */
import { Module } from '@nestjs/common';
import { StorageModule } from '../storage/storage.module.js';
import { AuditModule } from '../audit/audit.module.js';
import { LimitsModule } from '../limits/limits.module.js';
import { ClientCertificateModule } from '../client-certificate/client-certificate.module.js';
import { ClientMetadataDocumentModule } from '../client-metadata-document/client-metadata-document.module.js';
import { OutboundModule } from '../outbound/outbound.module.js';
import { ClientAssertionVerifier } from './client-assertion.verifier.js';
import { ClientAuthenticator } from './client.authenticator.js';

@Module({
  imports: [
    StorageModule,
    AuditModule,
    ClientCertificateModule,
    ClientMetadataDocumentModule,
    LimitsModule,
    OutboundModule,
  ],
  providers: [ClientAuthenticator, ClientAssertionVerifier],
  exports: [ClientAuthenticator],
})
export class ClientAuthenticationModule {}
