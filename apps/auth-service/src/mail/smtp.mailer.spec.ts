import { once } from 'node:events';
import { type AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { selfSigned } from '../testing/certificate.authority.js';
import { LogMailer } from './log.mailer.js';
import { MailNotSentError } from './mailer.js';
import { SmtpMailer } from './smtp.mailer.js';

const MAIL = { to: 'ada@example.com', subject: 'Zugang für Ada', text: 'https://a.example/?x=1\n' };

describe('SmtpMailer', () => {
  let server: SMTPServer | null = null;
  let received: { from: string; to: string[]; user: unknown; secure: boolean; data: string }[];
  beforeEach(() => {
    received = [];
  });
  afterEach(async () => {
    const closing = server;
    server = null;
    if (closing !== null) await new Promise<void>((resolve) => closing.close(resolve));
  });

  const listen = async (options: SMTPServerOptions, host = '127.0.0.1') => {
    server = new SMTPServer({
      authOptional: true,
      logger: false,
      onData(stream, { envelope, user, secure }, done) {
        const parts: Buffer[] = [];
        stream.on('data', (part: Buffer) => parts.push(part));
        stream.on('end', () => {
          const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address;
          const to = envelope.rcptTo.map(({ address }) => address);
          received.push({ from, to, user, secure, data: Buffer.concat(parts).toString() });
          done();
        });
      },
      ...options,
    });
    // A client that hangs up in the middle of a handshake is what some of these tests are about.
    server.on('error', () => undefined);
    server.listen(0, host);
    await once(server.server, 'listening');
    return (server.server.address() as AddressInfo).port;
  };
  const mailer = (url: string) =>
    new SmtpMailer({ server: new URL(url), from: 'Keyward <login@example.com>' });

  it('hands a mail over, to one receiver, as plain text', async () => {
    const port = await listen({ disabledCommands: ['AUTH', 'STARTTLS'] });
    await mailer(`smtp://127.0.0.1:${port}`).send(MAIL);
    expect(received).toHaveLength(1);
    expect(received[0]).toMatchObject({ from: 'login@example.com', to: [MAIL.to] });
    expect(received[0]?.data).toContain('Content-Type: text/plain; charset=utf-8');
    expect(received[0]?.data).toContain('https://a.example/?x=1');
    expect(received[0]?.data).toContain('From: Keyward <login@example.com>');
  });

  it('signs in to the server with what stands in the URL', async () => {
    const port = await listen({
      authOptional: false,
      allowInsecureAuth: true,
      disabledCommands: ['STARTTLS'],
      onAuth: ({ username, password }, _session, done) => {
        const known = username === 'a@b' && password === 'p/w:d';
        if (known) done(null, { user: username });
        else done(new Error('no'));
      },
    });
    await mailer(`smtp://a%40b:p%2Fw%3Ad@127.0.0.1:${port}`).send(MAIL);
    expect(received[0]?.user).toBe('a@b');
    const refused = mailer(`smtp://a%40b:wrong-secret@127.0.0.1:${port}`).send(MAIL);
    await expect(refused).rejects.toThrow(MailNotSentError);
    await expect(refused).rejects.not.toThrow(/wrong-secret|ada@/);
  });

  it('never sends one receiver’s mail to a list', async () => {
    const port = await listen({ disabledCommands: ['AUTH', 'STARTTLS'] });
    const list = { ...MAIL, to: 'ada@example.com, eve@example.com' };
    await mailer(`smtp://127.0.0.1:${port}`)
      .send(list)
      .catch(() => undefined);
    expect(received.flatMap(({ to }) => to)).not.toContain('eve@example.com');
  });

  it('sends nothing in the clear to another machine, nor to one whose certificate nobody vouches for', async () => {
    const plain = await listen({ disabledCommands: ['AUTH', 'STARTTLS'] }, '0.0.0.0');
    // Not by a name of the loopback address that is known as one.
    await expect(mailer(`smtp://127.0.0.2:${plain}`).send(MAIL)).rejects.toThrow(/ETLS/);
    await new Promise<void>((resolve) => server?.close(resolve));
    const { cert, key } = await selfSigned({ usage: 'server' });
    const port = await listen({ secure: true, cert, key });
    await expect(mailer(`smtps://127.0.0.1:${port}`).send(MAIL)).rejects.toThrow(MailNotSentError);
    expect(received).toEqual([]);
  });

  it('says that nobody answers, and not to whom it wanted to write', async () => {
    const port = await listen({});
    await new Promise<void>((resolve) => server?.close(resolve));
    server = null;
    await expect(mailer(`smtp://127.0.0.1:${port}`).send(MAIL)).rejects.toThrow(
      'a mail was not sent: ESOCKET',
    );
  });
});

describe('LogMailer', () => {
  it('is refused in production', () => {
    expect(() => new LogMailer(true)).toThrow('production does not write mail to the log');
  });
});
