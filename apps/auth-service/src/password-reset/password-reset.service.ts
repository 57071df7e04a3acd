/** Sets the password that a person chose by a one-time link. */
import { Injectable } from '@nestjs/common';
import { PasswordHasher } from '../account/password.hasher.js';
import { type RequestOrigin } from '../http/request.origin.js';
import { PasswordPolicy, type PasswordProblem } from '../password-policy/password.policy.js';
import { SessionRevocation } from '../session/session.revocation.js';
import { type ResettableAccount, ResetLinks } from './reset.links.js';
import { ResetRequests } from './reset.requests.js';

/** What became of it. */
export type ResetOutcome =
  | { readonly outcome: 'changed' }
  /** The link can still be used. */
  | { readonly outcome: 'refused'; readonly problem: PasswordProblem }
  /** Another one was faster, or the account changed. */
  | { readonly outcome: 'gone' };

@Injectable()
export class PasswordReset {
  constructor(
    private readonly links: ResetLinks,
    private readonly policy: PasswordPolicy,
    private readonly hasher: PasswordHasher,
    private readonly sessions: SessionRevocation,
    private readonly requests: ResetRequests,
  ) {}

  /**
   * The link is used up only by a password that is taken. With the password, and in the same
   * transaction, every session and every grant of the account ends: whoever knew the old one may have
   * made them. Second factors stay, and are asked for as before.
   *
   * @throws TemporarilyUnavailableError where it cannot be done now; the link can still be used then
   */
  async reset(
    token: string,
    owner: ResettableAccount,
    password: string,
    origin: RequestOrigin,
  ): Promise<ResetOutcome> {
    const problem = await this.policy.findProblem(password, owner.account);
    if (problem !== null) return { outcome: 'refused', problem };
    const hashes = { from: owner.passwordHash, to: await this.hasher.hash(password) };
    if (!(await this.links.claim(token))) return { outcome: 'gone' };
    const { accountId } = owner.account;
    const cause = { reason: 'password_reset', by: `account ${accountId}` };
    const changed = await this.sessions
      .replacePassword(accountId, hashes, cause, origin)
      .catch(async (error: unknown) => {
        await this.links.release(token);
        throw error;
      });
    if (!changed) return { outcome: 'gone' };
    this.requests.tellChanged(owner);
    return { outcome: 'changed' };
  }
}
