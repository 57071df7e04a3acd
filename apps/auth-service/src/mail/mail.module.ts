/** How mail leaves: by SMTP, in the log of a development machine, or not at all. */
import { Module } from '@nestjs/common';
import { mailConfig, type MailConfig } from '../config/mail.config.js';
import { serverConfig, type ServerConfig } from '../config/server.config.js';
import { LogMailer } from './log.mailer.js';
import { MailDispatch } from './mail.dispatch.js';
import { MailTemplates } from './mail.templates.js';
import { Mailer } from './mailer.js';
import { SmtpMailer } from './smtp.mailer.js';

@Module({
  providers: [
    MailDispatch,
    MailTemplates,
    {
      provide: Mailer,
      inject: [mailConfig.KEY, serverConfig.KEY],
      useFactory: ({ smtp }: MailConfig, { production }: ServerConfig): Mailer | null => {
        if (smtp !== null) return new SmtpMailer(smtp);
        return production ? null : new LogMailer(production);
      },
    },
  ],
  exports: [Mailer, MailDispatch],
})
export class MailModule {}
