/** Client certificates: where they come from, and whose they are. */
import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { ClientCertificateVerifier } from './client-certificate.verifier.js';
import { ClientCertificates } from './client-certificates.js';
import { MutualTlsListener } from './mutual-tls.listener.js';
import { RegisteredCertificates } from './registered-certificates.js';

@Module({
  imports: [AuditModule],
  providers: [
    ClientCertificates,
    ClientCertificateVerifier,
    MutualTlsListener,
    RegisteredCertificates,
  ],
  exports: [ClientCertificates, ClientCertificateVerifier],
})
export class ClientCertificateModule {}
