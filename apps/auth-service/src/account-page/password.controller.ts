/** The page on which people change their password. */
import { Controller, Get, Post, Req, Res } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { PasswordPolicy } from '../password-policy/password.policy.js';
import { waitingTime } from '../views/page.models.js';
import { AccountAccess, type Visitor } from './account.access.js';
import { AccountForm } from './account.form.js';
import { AccountPages } from './account.pages.js';
import { ACCOUNT_PATHS } from './account.paths.js';
import { PasswordChange, type PasswordChangeOutcome } from './password.change.js';

const PATH = ACCOUNT_PATHS.password;

/** Why the page is shown again. */
type Problem =
  | Exclude<PasswordChangeOutcome, { outcome: 'changed' }>
  | { readonly outcome: 'refused'; readonly problem: 'incomplete' | 'different' };

@Controller(PATH)
export class PasswordController {
  constructor(
    private readonly access: AccountAccess,
    private readonly forms: AccountForm,
    private readonly pages: AccountPages,
    private readonly policy: PasswordPolicy,
    private readonly passwords: PasswordChange,
  ) {}

  @Get()
  async show(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const visitor = await this.access.enter({ request, reply }, PATH, 'fresh');
    if (visitor !== null) await this.render(visitor, null);
  }

  @Post()
  async change(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const visitor = await this.access.enter({ request, reply }, PATH, 'fresh');
    if (visitor === null) return;
    const form = this.forms.read(visitor, PATH);
    const [present, password] = [form.single('present'), form.single('password')];
    if (present === null || password === null) {
      return this.render(visitor, { outcome: 'refused', problem: 'incomplete' });
    }
    if (form.single('repeated') !== password) {
      return this.render(visitor, { outcome: 'refused', problem: 'different' });
    }
    const endsOthers = form.single('end_others') === 'yes';
    const result = await this.passwords.change(visitor, { present, password, endsOthers });
    if (result.outcome !== 'changed') return this.render(visitor, result);
    this.pages.goBack(visitor, PATH, 'password-changed');
  }

  private async render(visitor: Visitor, problem: Problem | null): Promise<void> {
    const wait = problem?.outcome === 'braked' ? problem.retryAfterSeconds : null;
    if (wait !== null) void visitor.reply.header('retry-after', String(wait));
    this.pages.show(visitor, {
      template: 'account-password',
      section: 'password',
      status: wait === null ? 200 : 429,
      model: {
        action: PATH,
        formToken: this.forms.token(visitor, PATH),
        hasPassword: await this.passwords.isPossible(visitor),
        minLength: this.policy.minLength,
        problem: problem?.outcome === 'refused' ? problem.problem : (problem?.outcome ?? null),
        wait: wait === null ? null : waitingTime(wait),
      },
    });
  }
}
