/** The pages on which people let devices in. */
import { Module } from '@nestjs/common';
import { AccountAccessModule } from '../account-page/account-access.module.js';
import { AuditModule } from '../audit/audit.module.js';
import { AuthenticationModule } from '../authentication/authentication.module.js';
import { AuthorizationDetailsModule } from '../authorization-details/authorization-details.module.js';
import { InteractionModule } from '../interaction/interaction.module.js';
import { StorageModule } from '../storage/storage.module.js';
import { ViewsModule } from '../views/views.module.js';
import { DeviceApproval } from './device.approval.js';
import { DeviceAuthorizationModule } from './device-authorization.module.js';
import { DeviceCodeController } from './device-code.controller.js';
import { DeviceConfirmationController } from './device-confirmation.controller.js';
import { UserCodeEntry } from './user-code.entry.js';

@Module({
  imports: [
    AccountAccessModule,
    AuditModule,
    AuthenticationModule,
    AuthorizationDetailsModule,
    DeviceAuthorizationModule,
    InteractionModule,
    StorageModule,
    ViewsModule,
  ],
  controllers: [DeviceCodeController, DeviceConfirmationController],
  providers: [DeviceApproval, UserCodeEntry],
})
export class DevicePageModule {}
