/** Keeps the accounts of people at the word of an administrator: every rule asked, every change audited. */
import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { AccountConflictError } from '../../account/account-conflict.error.js';
import {
  type AccountProfile,
  AccountRegistry,
  type RegisteredAccount,
} from '../../account/account.registry.js';
import { UsernameTakenError } from '../../account/account.store.js';
import { AuditTrail } from '../../audit/audit.trail.js';
import { type Bootstrap } from '../../bootstrap/bootstrap.file.js';
import { type Administrator } from '../../client-registration/client.registrar.js';
import { bootstrapConfig } from '../../config/bootstrap.config.js';
import { RevocationService } from '../../revocation/revocation.service.js';
import { recordedChange } from './user.changes.js';

/** What a file does not say again at each start. */
const PERSONS: ReadonlySet<string> = new Set([
  'name',
  'givenName',
  'familyName',
  'email',
  'emailVerified',
] satisfies (keyof AccountProfile)[]);

const NOTHING: AccountProfile = {
  username: '',
  name: null,
  givenName: null,
  familyName: null,
  picture: null,
  locale: null,
  zoneinfo: null,
  email: null,
  emailVerified: false,
  phoneNumber: null,
  phoneNumberVerified: false,
  address: null,
  groups: [],
};

/** Each method throws TemporarilyUnavailableError where a store cannot be reached; nothing was done then. */
@Injectable()
export class UserRegistrar {
  private readonly declared: ReadonlySet<string>;

  constructor(
    private readonly registry: AccountRegistry,
    private readonly revocations: RevocationService,
    private readonly audit: AuditTrail,
    @Inject(bootstrapConfig.KEY) { accounts }: Bootstrap,
  ) {
    this.declared = new Set(accounts.map(({ account }) => account.accountId));
  }

  /** Whether the bootstrap file declares it, and says some of it again at each start. */
  isDeclared(accountId: string): boolean {
    return this.declared.has(accountId);
  }

  /** @throws AccountConflictError where username or proven address are another's */
  async create(
    profile: Partial<AccountProfile> & Pick<AccountProfile, 'username'>,
    passwordHash: string | null,
    who: Administrator,
  ): Promise<RegisteredAccount> {
    const created = await this.registry
      .create(randomUUID(), { ...NOTHING, ...profile }, passwordHash)
      .catch(explain);
    this.record('account.created', created, who, recordedChange(null, created));
    return created;
  }

  /**
   * @returns null where there is no such account
   * @throws AccountConflictError as {@link create}; for what the bootstrap file says again at each start;
   *   and for an account that was erased
   */
  async change(
    accountId: string,
    members: Partial<AccountProfile>,
    who: Administrator,
  ): Promise<RegisteredAccount | null> {
    const found = await this.registry.find(accountId);
    if (found === null) return null;
    const names = Object.keys(members);
    if (names.length === 0) return found;
    if (this.isDeclared(accountId) && names.some((name) => !PERSONS.has(name))) {
      throw new AccountConflictError(
        'the bootstrap file says this of the account: change it there',
      );
    }
    const change = await this.registry.change(accountId, members).catch(explain);
    if (change === null) throw changedMeanwhile();
    const detail = recordedChange(change.before, change.after);
    if (detail.members !== '') this.record('account.changed', change.after, who, detail);
    return change.after;
  }

  /**
   * Lets nobody sign in, and ends all that the account is signed in to or has allowed. Bears repetition.
   * @returns null where there is no such account
   */
  async disable(
    accountId: string,
    reason: string,
    who: Administrator,
  ): Promise<RegisteredAccount | null> {
    const { by, origin } = who;
    const isDone = await this.revocations.disableSubject(accountId, { reason, by }, origin);
    return isDone ? this.registry.find(accountId) : null;
  }

  /**
   * @returns null where there is no such account
   * @throws AccountConflictError for one that was erased
   */
  async enable(accountId: string, who: Administrator): Promise<RegisteredAccount | null> {
    if ((await this.registry.find(accountId)) === null) return null;
    const change = await this.registry.enable(accountId);
    if (change === null) throw changedMeanwhile();
    if (change.before.account.disabledAt !== null) {
      this.record('account.enabled', change.after, who);
    }
    return change.after;
  }

  /**
   * Forgets who it was, for good. Bears repetition.
   * @returns null where there is no such account
   * @throws AccountConflictError for one that the bootstrap file declares: it would come back
   */
  async erase(
    accountId: string,
    reason: string,
    who: Administrator,
  ): Promise<RegisteredAccount | null> {
    if (this.isDeclared(accountId)) {
      throw new AccountConflictError('the bootstrap file declares this account: take it out there');
    }
    const { by, origin } = who;
    const isDone = await this.revocations.eraseSubject(accountId, { reason, by }, origin);
    return isDone ? this.registry.find(accountId) : null;
  }

  private record(
    type: string,
    { account: { accountId } }: RegisteredAccount,
    { by, origin }: Administrator,
    detail: Readonly<Record<string, string>> = {},
  ): void {
    this.audit.record({ origin, type, outcome: 'success', accountId, detail: { by, ...detail } });
  }
}

function explain(error: unknown): never {
  if (error instanceof UsernameTakenError) {
    throw new AccountConflictError('the username belongs to another account');
  }
  throw error;
}

function changedMeanwhile(): AccountConflictError {
  return new AccountConflictError('the account was erased, or changed meanwhile');
}
