/** A real SMTP server on this machine that keeps what it is given. */
import { once } from 'node:events';
import { type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { SMTPServer } from 'smtp-server';

const PATIENCE_MS = 15_000;
const LOOK_EVERY_MS = 20;

/** A mail as it arrived. */
export interface ReceivedMail {
  readonly to: readonly string[];
  /** Headers and body, quoted-printable decoded. */
  readonly text: string;
}

export class SmtpSink {
  readonly mails: ReceivedMail[] = [];
  private readonly server = new SMTPServer({
    logger: false,
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    onData: (stream, { envelope }, done) => {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('end', () => {
        const to = envelope.rcptTo.map(({ address }) => address);
        this.mails.push({ to, text: decode(Buffer.concat(parts).toString('latin1')) });
        done();
      });
    },
  });

  static async start(): Promise<SmtpSink> {
    const sink = new SmtpSink();
    sink.server.listen(0, '127.0.0.1');
    await once(sink.server.server, 'listening');
    return sink;
  }

  /** Of an auth-service that sends its mail here. */
  get environment(): NodeJS.ProcessEnv {
    const { port } = this.server.server.address() as AddressInfo;
    return { AUTH_SMTP_URL: `smtp://127.0.0.1:${port}`, AUTH_MAIL_FROM: 'login@example.com' };
  }

  /** Waits for the mail of this index. */
  async mail(index: number): Promise<ReceivedMail> {
    for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await sleep(LOOK_EVERY_MS)) {
      const mail = this.mails[index];
      if (mail !== undefined) return mail;
    }
    throw new Error(`no mail ${index} arrived`);
  }

  stop(): Promise<void> {
    return new Promise((resolve) => this.server.close(() => resolve()));
  }
}

function decode(text: string): string {
  const joined = text.replace(/=\r\n/g, '');
  const octets = joined.replace(/=([\dA-F]{2})/g, (_, hex: string) =>
    String.fromCharCode(parseInt(hex, 16)),
  );
  return Buffer.from(octets, 'latin1').toString();
}
