/** How sure a sign-in is, has to be, and becomes. */
import { Module } from '@nestjs/common';
import { SessionModule } from '../session/session.module.js';
import { StorageModule } from '../storage/storage.module.js';
import { AuditModule } from '../audit/audit.module.js';
import { UpstreamLinks } from '../upstream/upstream.links.js';
import { AuthenticationPolicy } from './authentication.policy.js';
import { RememberedDevices } from './remembered.devices.js';
import { SignInProgress } from './sign-in.progress.js';

@Module({
  imports: [AuditModule, SessionModule, StorageModule],
  providers: [AuthenticationPolicy, RememberedDevices, SignInProgress, UpstreamLinks],
  exports: [AuthenticationPolicy, RememberedDevices, SignInProgress],
})
export class AuthenticationModule {}
