/** Mail of a development machine: it is read in the log. */
import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { type Mail, Mailer } from './mailer.js';

/** Never in production, where whoever reads the log could sign in as anybody. */
@Injectable()
export class LogMailer extends Mailer implements OnApplicationBootstrap {
  private readonly logger = new Logger('Mail');

  /** @throws Error in production, whatever was configured */
  constructor(production: boolean) {
    super();
    if (production) throw new Error('production does not write mail to the log');
  }

  onApplicationBootstrap(): void {
    this.logger.warn(
      'there is no AUTH_SMTP_URL: mail is written to this log, with the links in it (development only)',
    );
  }

  override async send({ to, subject, text }: Mail): Promise<void> {
    this.logger.log(`to ${to}: ${subject}\n${text}`);
  }
}
