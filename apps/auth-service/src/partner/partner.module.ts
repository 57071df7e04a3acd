/** The partners whose assertions are worth a token. */
import { Module } from '@nestjs/common';
import { OutboundModule } from '../outbound/outbound.module.js';
import { StorageModule } from '../storage/storage.module.js';
import { PartnerAssertionVerifier } from './partner-assertion.verifier.js';

@Module({
  imports: [OutboundModule, StorageModule],
  providers: [PartnerAssertionVerifier],
  exports: [PartnerAssertionVerifier],
})
export class PartnerModule {}
