/** The page on which people see what is known of them, and change their names. */
import { Controller, Get, Post, Req, Res } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type Profile, ProfileStore } from '../account/profile.store.js';
import { AuditTrail } from '../audit/audit.trail.js';
import { MailDispatch } from '../mail/mail.dispatch.js';
import { AccountAccess, type Visitor } from './account.access.js';
import { AccountForm } from './account.form.js';
import { AccountPages } from './account.pages.js';
import { ACCOUNT_PATHS } from './account.paths.js';
import { MAX_NAME_LENGTH, readProfile, type TypedProfile } from './profile.form.js';

const PATH = ACCOUNT_PATHS.profile;

@Controller(PATH)
export class ProfileController {
  constructor(
    private readonly access: AccountAccess,
    private readonly forms: AccountForm,
    private readonly pages: AccountPages,
    private readonly profiles: ProfileStore,
    private readonly audit: AuditTrail,
    private readonly mails: MailDispatch,
  ) {}

  @Get()
  async show(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const visitor = await this.access.enter({ request, reply }, PATH);
    if (visitor !== null) this.render(visitor, { profile: visitor.account, problem: null });
  }

  @Post()
  async save(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const visitor = await this.access.enter({ request, reply }, PATH);
    if (visitor === null) return;
    const typed = readProfile(this.forms.read(visitor, PATH));
    if (typed.problem !== null) return this.render(visitor, typed);
    const { accountId, sid } = visitor.session;
    if (await this.profiles.save(accountId, typed.profile)) {
      const { origin } = visitor;
      const detail = { changed: changedBetween(visitor.account, typed.profile) };
      this.audit.record({
        ...{ origin, type: 'profile.changed', outcome: 'success' },
        ...{ accountId, sid, detail },
      });
    }
    this.pages.goBack(visitor, PATH, 'profile-saved');
  }

  private render(visitor: Visitor, { profile, problem }: TypedProfile): void {
    const { name, givenName, familyName } = profile;
    const { email, emailVerified } = visitor.account;
    this.pages.show(visitor, {
      template: 'account-profile',
      section: 'profile',
      model: {
        action: PATH,
        formToken: this.forms.token(visitor, PATH),
        profile: { name, givenName, familyName, email, emailVerified },
        emailPath: this.mails.isOffered ? ACCOUNT_PATHS.email : null,
        maxLength: MAX_NAME_LENGTH,
        problem,
      },
    });
  }
}

/** Which fields, never what they hold: names are nobody's business in an audit. */
function changedBetween(before: Profile, after: Profile): string {
  const fields = ['name', 'givenName', 'familyName'] as const;
  return fields.filter((field) => before[field] !== after[field]).join(' ');
}
