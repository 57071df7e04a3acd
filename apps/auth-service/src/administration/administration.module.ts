/** The administration API: a resource of this server, for those who have tokens for it. */
import { Module } from '@nestjs/common';
import { KeysModule } from '../keys/keys.module.js';
import { RevocationModule } from '../revocation/revocation.module.js';
import { SenderConstraintModule } from '../sender-constraint/sender-constraint.module.js';
import { StorageModule } from '../storage/storage.module.js';
import { AdministratorAuthenticator } from './administrator.authenticator.js';
import { SigningKeysController } from './signing-keys.controller.js';

@Module({
  imports: [KeysModule, RevocationModule, SenderConstraintModule, StorageModule],
  controllers: [SigningKeysController],
  providers: [AdministratorAuthenticator],
})
export class AdministrationModule {}
