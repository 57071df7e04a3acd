/** The pages on which people look after their own account. */
import { Module } from '@nestjs/common';
import { AccountModule } from '../account/account.module.js';
import { AuditModule } from '../audit/audit.module.js';
import { AuthenticationModule } from '../authentication/authentication.module.js';
import { FactorModule } from '../factor/factor.module.js';
import { GrantModule } from '../grant/grant.module.js';
import { MailModule } from '../mail/mail.module.js';
import { PasswordPolicyModule } from '../password-policy/password-policy.module.js';
import { PasswordResetModule } from '../password-reset/password-reset.module.js';
import { SessionModule } from '../session/session.module.js';
import { StorageModule } from '../storage/storage.module.js';
import { AccountAccessModule } from './account-access.module.js';
import { ActivityController } from './activity.controller.js';
import { UpstreamModule } from '../upstream/upstream.module.js';
import { ConnectionsController } from './connections.controller.js';
import { NewAppController } from './new-app.controller.js';
import { NewPasskeyController } from './new-passkey.controller.js';
import { NewRecoveryCodesController } from './new-recovery-codes.controller.js';
import { OwnFactors } from './own.factors.js';
import { PasswordChange } from './password.change.js';
import { PasswordController } from './password.controller.js';
import { PlacesController } from './places.controller.js';
import { ProfileController } from './profile.controller.js';
import { SignInMethodsController } from './sign-in-methods.controller.js';
import { SignedInPlaces } from './signed-in.places.js';

@Module({
  imports: [
    AccountAccessModule,
    AccountModule,
    AuditModule,
    AuthenticationModule,
    FactorModule,
    GrantModule,
    MailModule,
    PasswordPolicyModule,
    PasswordResetModule,
    SessionModule,
    StorageModule,
    UpstreamModule,
  ],
  controllers: [
    ProfileController,
    PasswordController,
    NewAppController,
    NewPasskeyController,
    NewRecoveryCodesController,
    SignInMethodsController,
    ConnectionsController,
    PlacesController,
    ActivityController,
  ],
  providers: [OwnFactors, PasswordChange, SignedInPlaces],
})
export class AccountPageModule {}
