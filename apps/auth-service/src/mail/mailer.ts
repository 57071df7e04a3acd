/** Port: sends mail to people. */

/** One mail, in plain text. It may hold a link that signs somebody in: it is never logged. */
export interface Mail {
  /** One address, without a display name. */
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

/** The mail was not handed over; the reason names neither its content nor its receiver. */
export class MailNotSentError extends Error {
  constructor(reason: string) {
    super(`a mail was not sent: ${reason}`);
    this.name = new.target.name;
  }
}

/** Null where production was given no mail server: what needs mail is not offered there. */
export abstract class Mailer {
  /**
   * Done once the mail was handed over, which may take seconds: not for a request to wait for.
   * @throws MailNotSentError
   */
  abstract send(mail: Mail): Promise<void>;
}
