/** What a person has beside a password: enrolled, checked, listed, removed. */
import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { KeysModule } from '../keys/keys.module.js';
import { StorageModule } from '../storage/storage.module.js';
import { CodeAuthenticator } from './code.authenticator.js';
import { RecoveryCodes } from './recovery.codes.js';
import { TotpEnrolments } from './totp.enrolment.js';

@Module({
  imports: [AuditModule, KeysModule, StorageModule],
  providers: [CodeAuthenticator, RecoveryCodes, TotpEnrolments],
  exports: [CodeAuthenticator, RecoveryCodes, TotpEnrolments],
})
export class FactorModule {}
