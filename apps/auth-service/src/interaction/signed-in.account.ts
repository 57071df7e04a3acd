/** Who is signed in in the browser that asks. */
import { Injectable } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { type Account } from '../account/account.js';
import { AccountStore } from '../account/account.store.js';
import { type Session } from '../session/session.js';
import { SessionService } from '../session/session.service.js';

/** A session and whose it is. */
export interface SignedInAccount {
  readonly session: Session;
  readonly account: Account;
}

/** Finds the account behind a browser's session. */
@Injectable()
export class SignedInAccounts {
  constructor(
    private readonly sessions: SessionService,
    private readonly accounts: AccountStore,
  ) {}

  /**
   * @returns null where nobody is signed in, or the account was disabled since
   * @throws TemporarilyUnavailableError where it cannot be known
   */
  async find(request: FastifyRequest): Promise<SignedInAccount | null> {
    const session = await this.sessions.find(request);
    if (session === null) return null;
    const account = await this.accounts.find(session.accountId);
    return account === null || account.disabledAt !== null ? null : { session, account };
  }
}
