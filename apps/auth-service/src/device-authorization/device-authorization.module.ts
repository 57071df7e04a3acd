/** Devices that wait for a person: the endpoint that they ask at, and what the token endpoint redeems. */
import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { AuthorizationDetailsModule } from '../authorization-details/authorization-details.module.js';
import { ClientAuthenticationModule } from '../client-authentication/client-authentication.module.js';
import { ResourceModule } from '../resource/resource.module.js';
import { SenderConstraintModule } from '../sender-constraint/sender-constraint.module.js';
import { StorageModule } from '../storage/storage.module.js';
import { DeviceAuthorizationController } from './device-authorization.controller.js';
import { DeviceAuthorizations } from './device.authorizations.js';
import { DeviceRequestChecker } from './device-request.checker.js';

@Module({
  imports: [
    AuditModule,
    AuthorizationDetailsModule,
    ClientAuthenticationModule,
    ResourceModule,
    SenderConstraintModule,
    StorageModule,
  ],
  controllers: [DeviceAuthorizationController],
  providers: [DeviceAuthorizations, DeviceRequestChecker],
  exports: [DeviceAuthorizations],
})
export class DeviceAuthorizationModule {}
