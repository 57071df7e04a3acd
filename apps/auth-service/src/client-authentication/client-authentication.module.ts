/** Authenticates clients, for every endpoint that they call. */
import { Module } from '@nestjs/common';
import { StorageModule } from '../storage/storage.module.js';
import { ClientAuthenticator } from './client.authenticator.js';

@Module({
  imports: [StorageModule],
  providers: [ClientAuthenticator],
  exports: [ClientAuthenticator],
})
export class ClientAuthenticationModule {}
