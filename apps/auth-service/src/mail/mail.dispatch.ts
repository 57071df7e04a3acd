/** Sends mail behind responses, so that how long an answer takes says nothing about any account. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { TemporarilyUnavailableError } from '@keyward/oauth';
import { serverConfig, type ServerConfig } from '../config/server.config.js';
import { MailTemplates } from './mail.templates.js';
import { Mailer } from './mailer.js';

const MAX_PENDING = 200;
const RETRY_AFTER_MS = [1000, 10_000];
const SHUTDOWN_LIMIT_MS = 5000;

/** Whom a mail speaks to. */
export interface MailedPerson {
  readonly name: string | null;
  readonly username: string;
}

@Injectable()
export class MailDispatch {
  private readonly logger = new Logger('Mail');
  private readonly pending = new Set<Promise<void>>();
  private readonly stopping = new AbortController();

  constructor(
    @Inject(Mailer) private readonly mailer: Mailer | null,
    private readonly templates: MailTemplates,
    @Inject(serverConfig.KEY) private readonly server: ServerConfig,
  ) {}

  /** Whether mail leaves at all; what needs it is not offered otherwise. */
  get isOffered(): boolean {
    return this.mailer !== null;
  }

  /** @throws TemporarilyUnavailableError where too many mails are under way to take one more */
  ensureRoom(): void {
    if (this.pending.size < MAX_PENDING) return;
    throw new TemporarilyUnavailableError(
      'the server cannot answer now',
      `more than ${MAX_PENDING} mails are under way`,
    );
  }

  /** Begins work in a later turn of the event loop; its failure is in the log alone. */
  behind(work: () => Promise<void>): void {
    const working = new Promise<void>((resolve) => void setImmediate(resolve))
      .then(work)
      .catch((error: unknown) => this.logger.warn(`${String(error)}`))
      .finally(() => this.pending.delete(working));
    this.pending.add(working);
  }

  /**
   * Sends one mail, a few times where it is not taken. Does nothing where there is no mail.
   *
   * @param to one address
   * @param template of the mail, without its ending; besides `more` it knows `name`, `username`,
   *   `service` and `link`
   * @param path on this server, where `link` leads
   * @throws MailNotSentError for the last try
   */
  async send(
    to: string,
    template: string,
    { name, username }: MailedPerson,
    path: string,
    more: Readonly<Record<string, unknown>> = {},
  ): Promise<void> {
    if (this.mailer === null) return;
    const mail = this.templates.render(template, {
      name: name ?? username,
      username,
      service: new URL(this.server.issuer).host,
      link: `${this.server.issuer}${path}`,
      ...more,
    });
    for (const retryAfterMs of [...RETRY_AFTER_MS, null]) {
      try {
        return await this.mailer.send({ to, ...mail });
      } catch (error) {
        if (retryAfterMs === null) throw error;
        await sleep(retryAfterMs, undefined, { signal: this.stopping.signal, ref: false });
      }
    }
  }

  /**
   * At the end of the process, for everyone who gave work: what is under way is given a few seconds,
   * while the stores that it needs are still open. Whoever does not get a mail asks again.
   */
  async drain(): Promise<void> {
    this.stopping.abort();
    const limit = sleep(SHUTDOWN_LIMIT_MS, undefined, { ref: false });
    await Promise.race([Promise.allSettled(this.pending), limit]);
  }
}
