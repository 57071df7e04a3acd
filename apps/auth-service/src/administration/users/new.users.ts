/** Creates the account of a person: with a password, or with a link by which they choose one. */
import { Injectable } from '@nestjs/common';
import { InvalidRequestError } from '@keyward/oauth';
import { AccountConflictError } from '../../account/account-conflict.error.js';
import { type RegisteredAccount } from '../../account/account.registry.js';
import { PasswordHasher } from '../../account/password.hasher.js';
import { type Administrator } from '../../client-registration/client.registrar.js';
import { PasswordPolicy } from '../../password-policy/password.policy.js';
import {
  type PasswordInvitation,
  PasswordInvitations,
} from '../../password-reset/password.invitations.js';
import { UserCredentials } from './user.credentials.js';
import { UserRegistrar } from './user.registrar.js';
import { type NewUser, profileOf } from './user.schema.js';

/** Who was made, and the link where one was asked for. */
export interface CreatedUser {
  readonly user: RegisteredAccount;
  readonly invitation: PasswordInvitation | null;
}

@Injectable()
export class NewUsers {
  constructor(
    private readonly registrar: UserRegistrar,
    private readonly credentials: UserCredentials,
    private readonly invitations: PasswordInvitations,
    private readonly policy: PasswordPolicy,
    private readonly hasher: PasswordHasher,
  ) {}

  /**
   * Where the link cannot be made any more once the account is there, the account stays: another link can
   * be asked for.
   *
   * @throws InvalidRequestError for a password that nobody may have
   * @throws AccountConflictError where the username is taken, or the link cannot be mailed
   * @throws TemporarilyUnavailableError where it cannot be done
   */
  async create(wanted: NewUser, who: Administrator): Promise<CreatedUser> {
    const { password, password_link: delivery, ...said } = wanted;
    const profile = { ...profileOf(said), username: said.username };
    const { email = null, emailVerified = false, name = null } = profile;
    if (delivery === 'mail' && !this.invitations.canMail({ email, emailVerified })) {
      throw new AccountConflictError('no mail leaves, or the account has no proven address');
    }
    if (password !== undefined) await this.check(password, { ...profile, email, name });
    const user = await this.registrar.create(profile, await this.hashFor(wanted), who);
    const invitation =
      delivery === undefined ? null : await this.credentials.invite(user.account, delivery, who);
    return { user, invitation };
  }

  private async check(
    password: string,
    owner: Parameters<PasswordPolicy['findProblem']>[1],
  ): Promise<void> {
    const problem = await this.policy.findProblem(password, owner);
    if (problem !== null) throw new InvalidRequestError(`password: it is refused as ${problem}`);
  }

  private async hashFor({ password, password_link: delivery }: NewUser): Promise<string | null> {
    if (password !== undefined) return this.hasher.hash(password);
    return delivery === undefined ? null : this.invitations.unknownPassword();
  }
}
