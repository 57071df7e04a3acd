/** Configuration namespace `mail`: by which server mail leaves, and from whom it is. */
import { registerAs } from '@nestjs/config';
import { parseEnvironment } from './environment.schema.js';

/** How mail is sent. */
export interface MailConfig {
  /** Null: mail is logged in development, and not sent at all in production. */
  readonly smtp: { readonly server: URL; readonly from: string } | null;
}

export const mailConfig = registerAs('mail', (): MailConfig => {
  const { AUTH_SMTP_URL: url, AUTH_MAIL_FROM: from } = parseEnvironment(process.env);
  return {
    smtp: url === undefined || from === undefined ? null : { server: new URL(url), from },
  };
});
