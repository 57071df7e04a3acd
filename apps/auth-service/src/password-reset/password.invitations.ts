/** Lets a person choose a password because an administrator says so: by a link, mailed or handed over. */
import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { PasswordHasher } from '../account/password.hasher.js';
import { serverConfig, type ServerConfig } from '../config/server.config.js';
import { MailDispatch } from '../mail/mail.dispatch.js';
import { resetPasswordPath } from './password-reset.paths.js';
import { type ResettableAccount, ResetLinks } from './reset.links.js';

/** How long such a link works: longer than one that its owner waits for. */
export const INVITATION_SECONDS = 86_400;

/** How a link reaches its person: by mail to a proven address, or by whoever asked for it. */
export type InvitationDelivery = 'mail' | 'response';

/** A link that was made. */
export interface PasswordInvitation {
  /** Null where it was mailed: then nobody else sees it. */
  readonly link: string | null;
  readonly expiresAt: Date;
}

@Injectable()
export class PasswordInvitations {
  constructor(
    private readonly links: ResetLinks,
    private readonly hasher: PasswordHasher,
    private readonly mails: MailDispatch,
    @Inject(serverConfig.KEY) private readonly server: Pick<ServerConfig, 'issuer'>,
  ) {}

  /** Whether a link can be mailed: there is mail, and the account's address is proven. */
  canMail({
    email,
    emailVerified,
  }: Pick<ResettableAccount['account'], 'email' | 'emailVerified'>): boolean {
    return this.mails.isOffered && email !== null && emailVerified;
  }

  /** The hash of a password that nobody knows, for an account whose person has yet to choose one. */
  unknownPassword(): Promise<string> {
    return this.hasher.hash(randomBytes(32).toString('base64url'));
  }

  /**
   * Makes a link, which belongs to this very password: once another one is chosen, it is worthless.
   * @throws TemporarilyUnavailableError where it cannot be kept, or too many mails are under way
   */
  async invite(
    owner: ResettableAccount,
    delivery: InvitationDelivery,
  ): Promise<PasswordInvitation> {
    if (delivery === 'mail') this.mails.ensureRoom();
    const path = resetPasswordPath(await this.links.issue(owner, INVITATION_SECONDS));
    const expiresAt = new Date(Date.now() + INVITATION_SECONDS * 1000);
    const { account } = owner;
    if (delivery === 'response') return { link: `${this.server.issuer}${path}`, expiresAt };
    const hours = INVITATION_SECONDS / 3600;
    this.mails.behind(() =>
      this.mails.send(account.email ?? '', 'password-invitation', account, path, { hours }),
    );
    return { link: null, expiresAt };
  }
}
