/** Brings declared accounts, those of the bootstrap file, into the store. */
import { Injectable } from '@nestjs/common';
import { type AccountDeclaration, AccountStore } from './account.store.js';
import { PasswordHasher } from './password.hasher.js';

@Injectable()
export class AccountRegistration {
  constructor(
    private readonly accounts: AccountStore,
    private readonly hasher: PasswordHasher,
  ) {}

  /**
   * Creates or updates an account. Its password is set where the account is new or the declared one
   * has changed since it was declared last: one that the person has chosen otherwise stays.
   *
   * @throws RangeError where the password is longer than `MAX_PASSWORD_BYTES`
   * @throws UsernameTakenError where another account has the username
   * @throws TemporarilyUnavailableError where it cannot be recorded
   */
  async declare(account: AccountDeclaration, password: string): Promise<void> {
    const declared = await this.accounts.findDeclaredPasswordHash(account.accountId);
    const unchanged =
      declared !== null &&
      !this.hasher.needsRehash(declared) &&
      (await this.hasher.verify(declared, password));
    await this.accounts.declare(account, unchanged ? null : await this.hasher.hash(password));
  }
}
