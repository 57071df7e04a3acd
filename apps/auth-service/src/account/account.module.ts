/** Accounts: who can sign in, and how it is found out that it is them. */
import { Module } from '@nestjs/common';
import { StorageModule } from '../storage/storage.module.js';
import { AccountRegistration } from './account.registration.js';
import { PasswordHasher } from './password.hasher.js';

@Module({
  imports: [StorageModule],
  providers: [PasswordHasher, AccountRegistration],
  exports: [AccountRegistration],
})
export class AccountModule {}
