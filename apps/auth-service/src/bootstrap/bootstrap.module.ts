/** Applies what a deployment declares, at start. */
import { Module } from '@nestjs/common';
import { AccountModule } from '../account/account.module.js';
import { StorageModule } from '../storage/storage.module.js';
import { UpstreamRegistrationModule } from '../upstream/upstream-registration.module.js';
import { BootstrapService } from './bootstrap.service.js';

@Module({
  imports: [StorageModule, AccountModule, UpstreamRegistrationModule],
  providers: [BootstrapService],
})
export class BootstrapModule {}
