/** Accounts: who can sign in, and how it is found out that it is them. */
import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { StorageModule } from '../storage/storage.module.js';
import { AccountRegistration } from './account.registration.js';
import { PasswordAuthenticator } from './password.authenticator.js';
import { PasswordHasher } from './password.hasher.js';

@Module({
  imports: [StorageModule, AuditModule],
  providers: [PasswordHasher, PasswordAuthenticator, AccountRegistration],
  exports: [PasswordAuthenticator, PasswordHasher, AccountRegistration],
})
export class AccountModule {}
