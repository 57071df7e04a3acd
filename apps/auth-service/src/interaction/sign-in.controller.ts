/** The page on which a person signs in. */
import { Controller, Get, Inject, Param, Post, Query, Req, Res } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type Account } from '../account/account.js';
import { AccountStore } from '../account/account.store.js';
import { PasswordAuthenticator, type PasswordOutcome } from '../account/password.authenticator.js';
import { originOf } from '../http/request.origin.js';
import { seeOther } from '../http/see-other.js';
import { PASSWORD_AMR } from '../authentication/acr.js';
import { SignInProgress } from '../authentication/sign-in.progress.js';
import { Mailer } from '../mail/mailer.js';
import { forgotPasswordPath } from '../password-reset/password-reset.paths.js';
import { SessionService } from '../session/session.service.js';
import { currentLink } from '../upstream/pending.link.js';
import { linkPath } from '../upstream/upstream.paths.js';
import { type SignInProblem, UPSTREAM_PROBLEMS } from '../views/interaction.pages.js';
import { PageRenderer } from '../views/page.renderer.js';
import { BrowserCookie } from './browser.cookie.js';
import { InteractionForm } from './interaction.form.js';
import { signInPath } from './interaction.paths.js';
import { type Interaction } from './interaction.js';
import { type OpenInteraction, OpenInteractions } from './open.interaction.js';
import { asksItself } from './own.sign-in.js';
import { PasskeyPages } from './passkey.pages.js';
import { UpstreamButtons } from './upstream.buttons.js';

/** What another page may send the person back here for. */
const PROBLEMS = ['passkey', ...UPSTREAM_PROBLEMS] as const;

/** What the username field begins with. */
interface UsernameField {
  readonly username: string | null;
  readonly usernameFixed: boolean;
}

@Controller('interaction/:id/sign-in')
export class SignInController {
  constructor(
    private readonly open: OpenInteractions,
    private readonly forms: InteractionForm,
    private readonly browsers: BrowserCookie,
    private readonly progress: SignInProgress,
    private readonly accounts: AccountStore,
    private readonly passwords: PasswordAuthenticator,
    private readonly sessions: SessionService,
    private readonly passkeys: PasskeyPages,
    private readonly upstreams: UpstreamButtons,
    private readonly pages: PageRenderer,
    @Inject(Mailer) private readonly mailer: Mailer | null,
  ) {}

  @Get()
  async show(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id') id: string,
    @Query('problem') problem?: unknown,
  ): Promise<void> {
    const opened = await this.open.find(request, id);
    const field = await this.usernameField(request, opened.interaction);
    const kind = PROBLEMS.find((known) => known === problem);
    await this.render(request, reply, opened, field, kind === undefined ? null : { kind });
  }

  @Post()
  async signIn(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id') id: string,
  ): Promise<void> {
    const opened = await this.open.find(request, id);
    const { interaction, client } = opened;
    const form = this.forms.read(request, interaction, formContext(interaction));
    if (!asksItself(opened)) return seeOther(reply, signInPath(id));
    const fixed = await this.fixedUsername(interaction);
    const username = fixed ?? form.single('username');
    const password = form.single('password');
    const again = (problem: SignInProblem) =>
      this.render(request, reply, opened, { username, usernameFixed: fixed !== null }, problem);
    if (username === null || password === null) return again({ kind: 'incomplete' });

    const result = await this.passwords.authenticate({
      username,
      password,
      ...originOf(request),
      clientId: client.clientId,
    });
    const account = accountOf(result, interaction);
    if (result.outcome === 'braked') {
      return again({ kind: 'braked', retryAfterSeconds: result.retryAfterSeconds });
    }
    if (account === null) return again({ kind: 'refused' });

    const { accountId, signInEpoch } = account;
    const proven = { accountId, amr: [PASSWORD_AMR], signInEpoch };
    seeOther(reply, await this.progress.prove(opened, proven, { request, reply }));
  }

  private async usernameField(
    request: FastifyRequest,
    interaction: Interaction,
  ): Promise<UsernameField> {
    const fixed = await this.fixedUsername(interaction);
    if (fixed !== null) return { username: fixed, usernameFixed: true };
    const { loginHint, prompt } = interaction.request;
    if (loginHint !== null) return { username: loginHint, usernameFixed: false };
    // Whoever signs in anew is most likely who did before, unless they just asked for another account.
    const session = prompt.includes('select_account') ? null : await this.sessions.find(request);
    const account = session === null ? null : await this.accounts.find(session.accountId);
    return { username: account?.username ?? null, usernameFixed: false };
  }

  private async fixedUsername(interaction: Interaction): Promise<string | null> {
    const link = wantedLink(interaction);
    const accountId = interaction.request.hintedSubject ?? link?.accountId ?? null;
    if (accountId === null) return null;
    return (await this.accounts.find(accountId))?.username ?? null;
  }

  private async render(
    request: FastifyRequest,
    reply: FastifyReply,
    opened: OpenInteraction,
    field: UsernameField,
    problem: SignInProblem | null,
  ): Promise<void> {
    const { interaction, client } = opened;
    const { interactionId } = interaction;
    const page = { interaction, request, reply };
    const asksPassword = asksItself(opened);
    const link = wantedLink(interaction);
    this.pages.signIn(reply, {
      client,
      action: signInPath(interactionId),
      formToken: this.browsers.formToken(request, reply, formContext(interaction)),
      redirectUri: interaction.request.redirectUri,
      asksPassword,
      passkey: asksPassword ? await this.passkeys.signInForm(page, null) : null,
      upstreams: await this.upstreams.forms(page, client),
      link: link && { ...link, path: linkPath(interactionId) },
      forgotPasswordPath: this.mailer === null ? null : forgotPasswordPath(),
      problem,
      ...field,
    });
  }
}

function wantedLink(interaction: Interaction) {
  const link = currentLink(interaction, Date.now());
  return link?.isWanted === true ? link : null;
}

function formContext({ interactionId }: Interaction): string {
  return `sign-in ${interactionId}`;
}

// Where the client named a subject nobody else is let in, whatever their password.
function accountOf(result: PasswordOutcome, { request }: Interaction): Account | null {
  if (result.outcome !== 'authenticated') return null;
  const { account } = result;
  const isExpected = [null, account.accountId].includes(request.hintedSubject);
  return isExpected ? account : null;
}
