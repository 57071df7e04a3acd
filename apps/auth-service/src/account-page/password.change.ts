/** Gives an account a new password at the word of its owner, who knows the present one. */
import { Injectable } from '@nestjs/common';
import { AccountStore } from '../account/account.store.js';
import { PasswordAuthenticator } from '../account/password.authenticator.js';
import { PasswordHasher } from '../account/password.hasher.js';
import { OWN_PAGES } from '../interaction/own-pages.client.js';
import { PasswordPolicy, type PasswordProblem } from '../password-policy/password.policy.js';
import { ResetRequests } from '../password-reset/reset.requests.js';
import { isResettable } from '../password-reset/reset.links.js';
import { SessionRevocation } from '../session/session.revocation.js';
import { type Visitor } from './account.access.js';

/** What was typed. */
export interface NewPassword {
  readonly present: string;
  readonly password: string;
  /** Whether this browser alone stays signed in, with what applications were allowed in it. */
  readonly endsOthers: boolean;
}

/** What became of it. */
export type PasswordChangeOutcome =
  | { readonly outcome: 'changed' }
  /** `wrong`: the present one; `changed`: it is another one since a moment. */
  | { readonly outcome: 'refused'; readonly problem: PasswordProblem | 'wrong' | 'changed' }
  | { readonly outcome: 'braked'; readonly retryAfterSeconds: number };

@Injectable()
export class PasswordChange {
  constructor(
    private readonly accounts: AccountStore,
    private readonly passwords: PasswordAuthenticator,
    private readonly policy: PasswordPolicy,
    private readonly hasher: PasswordHasher,
    private readonly sessions: SessionRevocation,
    private readonly mails: ResetRequests,
  ) {}

  /** Whether the account has a password that could be changed. */
  async isPossible({ account }: Pick<Visitor, 'account'>): Promise<boolean> {
    const owner = await this.accounts.findByUsername(account.username);
    return owner !== null && owner.passwordHash !== null;
  }

  /**
   * Guesses at the present password are counted with those at sign-in. The new one replaces the very
   * hash that was checked, in one transaction with the end of the sessions: of parallel changes one is
   * done. The owner is told by mail where there is one.
   *
   * @throws TemporarilyUnavailableError where it cannot be done; nothing was done then
   * @see NIST SP 800-63B-4 section 3.1.1.2, OWASP ASVS 5.0 sections 6.2.2, 6.2.3 and 7.4.3
   */
  async change(visitor: Visitor, typed: NewPassword): Promise<PasswordChangeOutcome> {
    const { account, session, origin } = visitor;
    const owner = await this.accounts.findByUsername(account.username);
    const result = await this.passwords.authenticate({
      username: account.username,
      password: typed.present,
      clientId: OWN_PAGES.clientId,
      ...origin,
    });
    if (result.outcome === 'braked') return result;
    if (result.outcome === 'refused' || owner === null || !isResettable(owner)) {
      return { outcome: 'refused', problem: 'wrong' };
    }
    const problem = await this.policy.findProblem(typed.password, account);
    if (problem !== null) return { outcome: 'refused', problem };
    const isDone = await this.sessions.replacePassword(
      account.accountId,
      { from: owner.passwordHash, to: await this.hasher.hash(typed.password) },
      { reason: 'password_changed', by: `account ${account.accountId}` },
      origin,
      typed.endsOthers ? { sid: session.sid } : 'all',
    );
    if (!isDone) return { outcome: 'refused', problem: 'changed' };
    this.mails.tellChanged(owner);
    return { outcome: 'changed' };
  }
}
