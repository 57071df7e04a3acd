/** The policy for passwords that people choose. */
import { Module } from '@nestjs/common';
import { BreachedPasswords } from './breached.passwords.js';
import { OfflineBreachedPasswords } from './offline-breached.passwords.js';
import { PasswordPolicy } from './password.policy.js';

@Module({
  providers: [PasswordPolicy, { provide: BreachedPasswords, useClass: OfflineBreachedPasswords }],
  exports: [PasswordPolicy],
})
export class PasswordPolicyModule {}
