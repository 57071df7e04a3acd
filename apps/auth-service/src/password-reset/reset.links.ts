/** One-time links by which a person may choose a new password. */
import { createHash, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { type AccountWithPassword, AccountStore } from '../account/account.store.js';
import { type Account } from '../account/account.js';
import { SingleUseStore } from '../single-use/single-use.store.js';

/** How long a link works. */
export const RESET_LINK_SECONDS = 900;

/** An account that can sign in by password. */
export interface ResettableAccount {
  readonly account: Account;
  readonly passwordHash: string;
}

const TOKEN_BYTES = 32;
const TOKEN = /^[\w-]{42}[AEIMQUYcgkosw048]$/;
const BINDING = 'password-reset';

/** What is kept of a link; nothing of it opens anything. */
interface LinkValue {
  readonly accountId: string;
  readonly username: string;
  /** Of the hash that is to be replaced: once the password was changed, every older link is worthless. */
  readonly passwordHashSha256: string;
  /** Of the address that it was sent to: whoever lost that address does not keep the link. */
  readonly emailSha256: string;
}

@Injectable()
export class ResetLinks {
  constructor(
    private readonly links: SingleUseStore,
    private readonly accounts: AccountStore,
  ) {}

  /**
   * A new link's token: 256 random bits, of which the SHA-256 is kept.
   * @param seconds for which it works
   * @throws TemporarilyUnavailableError where it cannot be kept
   */
  async issue(
    { account, passwordHash }: ResettableAccount,
    seconds = RESET_LINK_SECONDS,
  ): Promise<string> {
    const token = randomBytes(TOKEN_BYTES).toString('base64url');
    const { accountId, username, email } = account;
    const value: LinkValue = {
      accountId,
      username,
      passwordHashSha256: sha256(passwordHash),
      emailSha256: sha256(email ?? ''),
    };
    const entry = { value: JSON.stringify(value), binding: BINDING };
    await this.links.put(keyOf(token), entry, seconds);
    return token;
  }

  /**
   * Whose link this is, as long as it works; uses nothing up.
   * @returns null for any link that does not work, whatever the reason
   * @throws TemporarilyUnavailableError where it cannot be known
   */
  async find(token: string | null): Promise<ResettableAccount | null> {
    if (token === null || !TOKEN.test(token)) return null;
    const value = await this.links.peek(keyOf(token));
    return value === null ? null : this.accountOf(JSON.parse(value) as LinkValue);
  }

  /**
   * Uses the link up: of any number of calls one is told true.
   * @throws TemporarilyUnavailableError where it cannot be known
   */
  async claim(token: string): Promise<boolean> {
    return (await this.links.claim(keyOf(token), BINDING)).outcome === 'claimed';
  }

  /** Gives the link back to its claimer, who could do nothing with it. */
  release(token: string): Promise<void> {
    return this.links.release(keyOf(token));
  }

  private async accountOf(value: LinkValue): Promise<ResettableAccount | null> {
    const found = await this.accounts.findByUsername(value.username);
    if (found === null || !isResettable(found)) return null;
    const same =
      found.account.accountId === value.accountId &&
      sha256(found.passwordHash) === value.passwordHashSha256 &&
      sha256(found.account.email ?? '') === value.emailSha256;
    return same ? found : null;
  }
}

/** Whether the password of this account may be replaced at all. */
export function isResettable(found: AccountWithPassword): found is ResettableAccount {
  return found.passwordHash !== null && found.account.disabledAt === null;
}

function keyOf(token: string): string {
  return `password-reset:${sha256(token)}`;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
