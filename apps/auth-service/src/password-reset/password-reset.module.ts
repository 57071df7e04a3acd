/** A forgotten password: the link by mail, and the new password. */
import { Module } from '@nestjs/common';
import { AccountModule } from '../account/account.module.js';
import { AuditModule } from '../audit/audit.module.js';
import { BrowserModule } from '../interaction/browser.module.js';
import { MailModule } from '../mail/mail.module.js';
import { PasswordPolicyModule } from '../password-policy/password-policy.module.js';
import { SessionModule } from '../session/session.module.js';
import { StorageModule } from '../storage/storage.module.js';
import { ViewsModule } from '../views/views.module.js';
import { PasswordInvitations } from './password.invitations.js';
import { PasswordResetController } from './password-reset.controller.js';
import { PasswordReset } from './password-reset.service.js';
import { ResetLinks } from './reset.links.js';
import { ResetRequests } from './reset.requests.js';

@Module({
  imports: [
    AccountModule,
    AuditModule,
    BrowserModule,
    MailModule,
    PasswordPolicyModule,
    SessionModule,
    StorageModule,
    ViewsModule,
  ],
  controllers: [PasswordResetController],
  providers: [PasswordInvitations, PasswordReset, ResetLinks, ResetRequests],
  exports: [PasswordInvitations, ResetRequests],
})
export class PasswordResetModule {}
