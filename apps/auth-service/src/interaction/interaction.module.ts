/** The pages of an interaction: sign-in, choice of the account, consent. */
import { Module } from '@nestjs/common';
import { AccountModule } from '../account/account.module.js';
import { AuthenticationModule } from '../authentication/authentication.module.js';
import { AuditModule } from '../audit/audit.module.js';
import { FactorModule } from '../factor/factor.module.js';
import { AuthorizationDetailsModule } from '../authorization-details/authorization-details.module.js';
import { MailModule } from '../mail/mail.module.js';
import { SessionModule } from '../session/session.module.js';
import { StorageModule } from '../storage/storage.module.js';
import { ViewsModule } from '../views/views.module.js';
import { BrowserModule } from './browser.module.js';
import { ConsentController } from './consent.controller.js';
import { EnrolmentController } from './enrolment.controller.js';
import { EnrolmentRights } from './enrolment.right.js';
import { FactorController } from './factor.controller.js';
import { InteractionForm } from './interaction.form.js';
import { OpenInteractions } from './open.interaction.js';
import { PasskeyController } from './passkey.controller.js';
import { PasskeyPages } from './passkey.pages.js';
import { PermissionDescriber } from './permission.describer.js';
import { RecoveryCodesPages } from './recovery-codes.pages.js';
import { SelectAccountController } from './select-account.controller.js';
import { SignInController } from './sign-in.controller.js';
import { SignedInAccounts } from './signed-in.account.js';
import { UpstreamOffers } from '../upstream/upstream.offers.js';
import { UpstreamButtons } from './upstream.buttons.js';

@Module({
  imports: [
    AccountModule,
    AuditModule,
    AuthorizationDetailsModule,
    AuthenticationModule,
    BrowserModule,
    FactorModule,
    MailModule,
    SessionModule,
    StorageModule,
    ViewsModule,
  ],
  controllers: [
    SignInController,
    FactorController,
    EnrolmentController,
    PasskeyController,
    SelectAccountController,
    ConsentController,
  ],
  providers: [
    EnrolmentRights,
    InteractionForm,
    OpenInteractions,
    PasskeyPages,
    PermissionDescriber,
    RecoveryCodesPages,
    SignedInAccounts,
    UpstreamButtons,
    UpstreamOffers,
  ],
  exports: [
    InteractionForm,
    OpenInteractions,
    PermissionDescriber,
    SignedInAccounts,
    UpstreamOffers,
  ],
})
export class InteractionModule {}
