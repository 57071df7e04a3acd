/** Mail by SMTP submission, encrypted on its way to the mail server. */
import { createTransport, type Transporter } from 'nodemailer';
import { type MailConfig } from '../config/mail.config.js';
import { isLoopbackHost } from '../client/client-uri.rules.js';
import { type Mail, Mailer, MailNotSentError } from './mailer.js';

const CONNECTION_TIMEOUT_MS = 10_000;
const SILENCE_TIMEOUT_MS = 20_000;

/** `smtps:` speaks TLS from the first byte, `smtp:` from STARTTLS on, without which nothing is sent. */
export class SmtpMailer extends Mailer {
  private readonly transport: Transporter;

  /** @see RFC 8314 section 3: implicit TLS, or STARTTLS that is insisted on */
  constructor({ server, from }: NonNullable<MailConfig['smtp']>) {
    super();
    const { protocol, hostname, port, username, password } = server;
    const host = hostname.replace(/^\[|\]$/g, '');
    const implicit = protocol === 'smtps:';
    this.transport = createTransport(
      {
        host,
        port: Number(port) || (implicit ? 465 : 587),
        secure: implicit,
        // A mail to this machine crosses no network; STARTTLS is used there too where it is offered.
        requireTLS: !implicit && !isLoopbackHost(hostname),
        connectionTimeout: CONNECTION_TIMEOUT_MS,
        greetingTimeout: CONNECTION_TIMEOUT_MS,
        socketTimeout: SILENCE_TIMEOUT_MS,
        disableFileAccess: true,
        disableUrlAccess: true,
        ...(username !== '' && {
          auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) },
        }),
      },
      { from },
    );
  }

  override async send({ to, subject, text }: Mail): Promise<void> {
    try {
      // As an object the address is taken as it is, never as a list.
      await this.transport.sendMail({ to: { name: '', address: to }, subject, text });
    } catch (error) {
      // The message may quote the receiver, or whatever the server says.
      const { code, responseCode } = error as { code?: string; responseCode?: number };
      throw new MailNotSentError([code ?? 'unknown', responseCode].filter(Boolean).join(' '));
    }
  }
}
