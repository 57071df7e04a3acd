/** One-time links by which a person proves an address, or takes its change back. */
import { createHash, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { type Account } from '../account/account.js';
import { AccountStore } from '../account/account.store.js';
import { SingleUseStore } from '../single-use/single-use.store.js';
import { type EmailReplacement } from './email.store.js';

/** What a link is for; each is sent to the address that it proves or gives back. */
export type EmailLinkKind = 'confirm' | 'change' | 'undo';

/** How long each works. */
export const EMAIL_LINK_SECONDS: Readonly<Record<EmailLinkKind, number>> = {
  confirm: 86_400,
  change: 86_400,
  // Whoever was robbed of the address may not look into their mail every day.
  undo: 3 * 86_400,
};

/** A link that works, and whose it is. */
export interface EmailLink {
  readonly kind: EmailLinkKind;
  readonly replacement: EmailReplacement;
  readonly account: Account;
}

const TOKEN_BYTES = 32;
const TOKEN = /^[\w-]{42}[AEIMQUYcgkosw048]$/;

@Injectable()
export class EmailLinks {
  constructor(
    private readonly links: SingleUseStore,
    private readonly accounts: AccountStore,
  ) {}

  /**
   * A new link's token: 256 random bits, of which the SHA-256 is kept. The link belongs to the account
   * and to both addresses: once the account has another one, it is worthless. So it is once the account
   * has another password, but for one that takes a change back: a thief may have chosen the password.
   *
   * @throws TemporarilyUnavailableError where it cannot be kept
   */
  async issue(kind: EmailLinkKind, { accountId, from, to }: EmailReplacement): Promise<string> {
    const token = randomBytes(TOKEN_BYTES).toString('base64url');
    const account = await this.accounts.find(accountId);
    const password = account === null ? NONE : await this.passwordBehind(kind, account);
    const value = JSON.stringify([kind, accountId, from, to, password] satisfies StoredLink);
    const entry = { value, binding: bindingOf(kind, accountId) };
    await this.links.put(keyOf(token), entry, EMAIL_LINK_SECONDS[kind]);
    return token;
  }

  /**
   * What this link does, as long as it works; uses nothing up.
   * @returns null for any link that does not work, whatever the reason
   * @throws TemporarilyUnavailableError where it cannot be known
   */
  async find(token: string | null): Promise<EmailLink | null> {
    if (token === null || !TOKEN.test(token)) return null;
    const value = await this.links.peek(keyOf(token));
    if (value === null) return null;
    const [kind, accountId, from, to, password] = JSON.parse(value) as StoredLink;
    const account = await this.accounts.find(accountId);
    if (account === null || account.disabledAt !== null || account.email !== from) return null;
    if ((await this.passwordBehind(kind, account)) !== password) return null;
    return { kind, replacement: { accountId, from, to }, account };
  }

  /**
   * Uses the link up: of any number of calls one is told true.
   * @throws TemporarilyUnavailableError where it cannot be known
   */
  async claim(token: string, { kind, account: { accountId } }: EmailLink): Promise<boolean> {
    const claim = await this.links.claim(keyOf(token), bindingOf(kind, accountId));
    return claim.outcome === 'claimed';
  }

  /** Gives the link back to its claimer, who could do nothing with it. */
  release(token: string): Promise<void> {
    return this.links.release(keyOf(token));
  }

  /**
   * Which address may take a change back: the one that the account had before the first change of the
   * last days. Whoever changes it twice does not become the one who may.
   *
   * @param from the address before the change that was made now
   * @throws TemporarilyUnavailableError where it cannot be known
   */
  async rightfulAddress(accountId: string, from: string): Promise<string> {
    const key = `email-before:${accountId}`;
    // The first one stays: a key that is there is not written again.
    await this.links.put(key, { value: from, binding: accountId }, EMAIL_LINK_SECONDS.undo);
    return (await this.links.peek(key)) ?? from;
  }

  private async passwordBehind(kind: EmailLinkKind, { username }: Account): Promise<string> {
    if (kind === 'undo') return NONE;
    const found = await this.accounts.findByUsername(username);
    return sha256(found?.passwordHash ?? NONE);
  }
}

const NONE = '';

/** What is kept of a link: kind, account, both addresses, and a hash of the hash of the password. */
type StoredLink = readonly [EmailLinkKind, string, string | null, string, string];

function bindingOf(kind: EmailLinkKind, accountId: string): string {
  return `email ${kind} ${accountId}`;
}

function keyOf(token: string): string {
  return `email-link:${sha256(token)}`;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
