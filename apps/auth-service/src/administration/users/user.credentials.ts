/** What people sign in by, at the word of an administrator: a password taken back, a lost phone, a brake. */
import { Injectable } from '@nestjs/common';
import { AccountConflictError } from '../../account/account-conflict.error.js';
import { type RegisteredAccount } from '../../account/account.registry.js';
import { AccountStore } from '../../account/account.store.js';
import { PasswordAuthenticator } from '../../account/password.authenticator.js';
import { AuditTrail } from '../../audit/audit.trail.js';
import { type Administrator } from '../../client-registration/client.registrar.js';
import { CodeAuthenticator } from '../../factor/code.authenticator.js';
import { FactorMails } from '../../factor/factor.mails.js';
import { FactorStore } from '../../factor/factor.store.js';
import {
  type InvitationDelivery,
  type PasswordInvitation,
  PasswordInvitations,
} from '../../password-reset/password.invitations.js';
import { isResettable, type ResettableAccount } from '../../password-reset/reset.links.js';
import { SessionRevocation } from '../../session/session.revocation.js';

/** Each method throws TemporarilyUnavailableError where it cannot be done; what was done bears repetition. */
@Injectable()
export class UserCredentials {
  constructor(
    private readonly accounts: AccountStore,
    private readonly invitations: PasswordInvitations,
    private readonly sessions: SessionRevocation,
    private readonly factors: FactorStore,
    private readonly factorMails: FactorMails,
    private readonly passwords: PasswordAuthenticator,
    private readonly codes: CodeAuthenticator,
    private readonly audit: AuditTrail,
  ) {}

  /**
   * Makes a link by which the person chooses a password.
   * @throws AccountConflictError where it cannot be mailed, and for an account that has no password or is disabled
   */
  async invite(
    account: RegisteredAccount['account'],
    delivery: InvitationDelivery,
    who: Administrator,
  ): Promise<PasswordInvitation> {
    return this.send(await this.findOwner(account, delivery), delivery, who);
  }

  /**
   * Makes the password worthless and ends everything that is signed in, in one transaction; only then is
   * the link made. Whoever asks again makes another one.
   *
   * @throws as {@link invite}
   */
  async requireNewPassword(
    { account }: RegisteredAccount,
    delivery: InvitationDelivery,
    who: Administrator,
  ): Promise<PasswordInvitation> {
    const owner = await this.findOwner(account, delivery);
    const { by, origin } = who;
    const to = await this.invitations.unknownPassword();
    const isDone = await this.sessions.replacePassword(
      account.accountId,
      { from: owner.passwordHash, to },
      { reason: 'new_password_required', by },
      origin,
    );
    if (!isDone) throw new AccountConflictError('the account was changed meanwhile');
    return this.send({ account: owner.account, passwordHash: to }, delivery, who);
  }

  /**
   * Takes factors away, and with the last one the recovery codes and remembered devices. The next sign-in
   * is by password alone, or enrols another one where one is demanded.
   *
   * @param factorId null for every one
   * @returns how many there were
   */
  async removeFactors(
    { account: { accountId } }: RegisteredAccount,
    factorId: string | null,
    { by, origin }: Administrator,
  ): Promise<number> {
    let removed = 0;
    for (const factor of await this.factors.findOfAccount(accountId)) {
      if (factorId !== null && factor.factorId !== factorId) continue;
      if (!(await this.factors.remove(accountId, factor.factorId, false))) continue;
      removed += 1;
      const detail = { by, factor_id: factor.factorId, kind: factor.kind };
      this.audit.record({ origin, type: 'factor.removed', outcome: 'success', accountId, detail });
    }
    if (removed > 0) this.factorMails.tell(accountId, 'removed');
    return removed;
  }

  /** Forgets wrong passwords and codes: the owner need not wait because somebody guessed. */
  async unlock(
    { account: { accountId, username } }: RegisteredAccount,
    { by, origin }: Administrator,
  ): Promise<void> {
    await this.passwords.forgive(username);
    await this.codes.forgive(accountId);
    const type = 'account.unlocked';
    this.audit.record({ origin, type, outcome: 'success', accountId, detail: { by } });
  }

  private async findOwner(
    { username, accountId }: RegisteredAccount['account'],
    delivery: InvitationDelivery,
  ): Promise<ResettableAccount> {
    const owner = await this.accounts.findByUsername(username);
    if (owner === null || owner.account.accountId !== accountId || !isResettable(owner)) {
      throw new AccountConflictError('the account is disabled, or has no password');
    }
    if (delivery === 'mail' && !this.invitations.canMail(owner.account)) {
      throw new AccountConflictError('no mail leaves, or the account has no proven address');
    }
    return owner;
  }

  private async send(
    owner: ResettableAccount,
    delivery: InvitationDelivery,
    { by, origin }: Administrator,
  ): Promise<PasswordInvitation> {
    const invitation = await this.invitations.invite(owner, delivery);
    const { accountId } = owner.account;
    const detail = { by, delivery };
    const type = 'password_link.issued';
    this.audit.record({ origin, type, outcome: 'success', accountId, detail });
    return invitation;
  }
}
