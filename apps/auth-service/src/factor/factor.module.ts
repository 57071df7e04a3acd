/** What a person has beside a password: enrolled, checked, listed, removed. */
import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { KeysModule } from '../keys/keys.module.js';
import { MailModule } from '../mail/mail.module.js';
import { StorageModule } from '../storage/storage.module.js';
import { CodeAuthenticator } from './code.authenticator.js';
import { FactorMails } from './factor.mails.js';
import { FactorService } from './factor.service.js';
import { PasskeyAuthenticator } from './passkey.authenticator.js';
import { PasskeyRegistration } from './passkey.registration.js';
import { RecoveryCodes } from './recovery.codes.js';
import { TotpEnrolments } from './totp.enrolment.js';
import { WebAuthnChallenges } from './webauthn.challenges.js';

@Module({
  imports: [AuditModule, KeysModule, MailModule, StorageModule],
  providers: [
    CodeAuthenticator,
    FactorMails,
    FactorService,
    PasskeyAuthenticator,
    PasskeyRegistration,
    RecoveryCodes,
    TotpEnrolments,
    WebAuthnChallenges,
  ],
  exports: [
    CodeAuthenticator,
    FactorMails,
    FactorService,
    PasskeyAuthenticator,
    PasskeyRegistration,
    RecoveryCodes,
    TotpEnrolments,
  ],
})
export class FactorModule {}
