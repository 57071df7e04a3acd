/** Answers "I forgot my password" by mail, behind a response that says nothing about the account. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { TemporarilyUnavailableError } from '@keyward/oauth';
import { AccountStore, canonicalUsername } from '../account/account.store.js';
import { AuditTrail } from '../audit/audit.trail.js';
import { serverConfig, type ServerConfig } from '../config/server.config.js';
import { type RequestOrigin } from '../http/request.origin.js';
import { addressBlock } from '../limits/sign-in.key.js';
import { type BrakeDecision, SignInBrake } from '../limits/sign-in.brake.js';
import { MailTemplates } from '../mail/mail.templates.js';
import { Mailer } from '../mail/mailer.js';
import {
  isResettable,
  RESET_LINK_SECONDS,
  type ResettableAccount,
  ResetLinks,
} from './reset.links.js';
import { forgotPasswordPath, resetPasswordPath } from './password-reset.paths.js';

// No username holds a NUL: these requests have a count of their own, and keep nobody from signing in.
const BRAKE_PREFIX = '\0password-reset\0';
const MAX_PENDING = 200;
const RETRY_AFTER_MS = [1000, 10_000];
const SHUTDOWN_LIMIT_MS = 5000;

@Injectable()
export class ResetRequests implements OnModuleDestroy {
  private readonly logger = new Logger(ResetRequests.name);
  private readonly pending = new Set<Promise<void>>();
  private readonly stopping = new AbortController();

  constructor(
    @Inject(Mailer) private readonly mailer: Mailer | null,
    private readonly templates: MailTemplates,
    private readonly links: ResetLinks,
    private readonly accounts: AccountStore,
    private readonly brake: SignInBrake,
    private readonly audit: AuditTrail,
    @Inject(serverConfig.KEY) private readonly server: ServerConfig,
  ) {}

  /** A mail under way is given a few seconds; whoever does not get it asks again. */
  async onModuleDestroy(): Promise<void> {
    this.stopping.abort();
    const limit = sleep(SHUTDOWN_LIMIT_MS, undefined, { ref: false });
    await Promise.race([Promise.allSettled(this.pending), limit]);
  }

  /**
   * Counts the request, and sees to it afterwards: the answer is the same, and as fast, whether there
   * is such an account or not.
   *
   * @throws TemporarilyUnavailableError where it cannot be counted, or too many are under way
   */
  async take(username: string, origin: RequestOrigin): Promise<BrakeDecision> {
    if (this.pending.size >= MAX_PENDING) {
      throw new TemporarilyUnavailableError(
        'the server cannot answer now',
        `more than ${MAX_PENDING} mails are under way`,
      );
    }
    const decision = await this.brake.attempt({
      username: `${BRAKE_PREFIX}${canonicalUsername(username)}`,
      address: `${BRAKE_PREFIX}${addressBlock(origin.address)}`,
    });
    if (decision.allowed) this.behind(() => this.answer(username, origin));
    return decision;
  }

  /** Tells a person behind the response that their password was changed. */
  tellChanged({ account }: ResettableAccount): void {
    this.behind(() => this.send(account, 'password-changed', forgotPasswordPath()));
  }

  private async answer(username: string, origin: RequestOrigin): Promise<void> {
    const found = await this.accounts.findByUsername(username);
    const reason = refusalOf(found);
    this.audit.record({
      origin,
      type: 'password_reset.requested',
      outcome: reason === null ? 'success' : 'failure',
      ...(reason !== null && { reason }),
      ...(found !== null && { accountId: found.account.accountId }),
    });
    if (found === null || reason !== null || !isResettable(found)) return;
    await this.send(
      found.account,
      'password-reset',
      resetPasswordPath(await this.links.issue(found)),
    );
  }

  private async send(
    { email, emailVerified, name, username }: ResettableAccount['account'],
    template: string,
    path: string,
  ): Promise<void> {
    if (this.mailer === null || email === null || !emailVerified) return;
    const mail = this.templates.render(template, {
      name: name ?? username,
      username,
      service: new URL(this.server.issuer).host,
      minutes: RESET_LINK_SECONDS / 60,
      link: `${this.server.issuer}${path}`,
    });
    for (const retryAfterMs of [...RETRY_AFTER_MS, null]) {
      try {
        return await this.mailer.send({ to: email, ...mail });
      } catch (error) {
        if (retryAfterMs === null) throw error;
        await sleep(retryAfterMs, undefined, { signal: this.stopping.signal, ref: false });
      }
    }
  }

  private behind(work: () => Promise<void>): void {
    const working = new Promise<void>((resolve) => void setImmediate(resolve))
      .then(work)
      .catch((error: unknown) => this.logger.warn(`${String(error)}`))
      .finally(() => this.pending.delete(working));
    this.pending.add(working);
  }
}

function refusalOf(found: Awaited<ReturnType<AccountStore['findByUsername']>>): string | null {
  if (found === null) return 'unknown_username';
  if (!isResettable(found)) return 'account_disabled_or_without_password';
  return found.account.email !== null && found.account.emailVerified ? null : 'no_verified_email';
}
