/** Client certificates: where they come from, and whose they are. */
import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { OutboundModule } from '../outbound/outbound.module.js';
import { ClientCertificateVerifier } from './client-certificate.verifier.js';
import { ClientCertificates } from './client-certificates.js';
import { MutualTlsListener } from './mutual-tls.listener.js';
import { RegisteredCertificates } from './registered-certificates.js';

@Module({
  imports: [AuditModule, OutboundModule],
  providers: [
    ClientCertificates,
    ClientCertificateVerifier,
    MutualTlsListener,
    RegisteredCertificates,
  ],
  exports: [ClientCertificates, ClientCertificateVerifier],
})
export class ClientCertificateModule {}
