/** Declares upstreams: apart from what signs in by them, which needs the pages. */
import { Module } from '@nestjs/common';
import { KeysModule } from '../keys/keys.module.js';
import { StorageModule } from '../storage/storage.module.js';
import { UpstreamRegistration } from './upstream.registration.js';

@Module({
  imports: [KeysModule, StorageModule],
  providers: [UpstreamRegistration],
  exports: [UpstreamRegistration],
})
export class UpstreamRegistrationModule {}
