/** A browser as far as handlers see one: what it sends, and the cookies that it is given. */
import { type FastifyReply, type FastifyRequest } from 'fastify';

/** A jar of any number of cookies; attributes are kept in {@link received} alone. */
export class FakeBrowser {
  /** Every Set-Cookie, in order. */
  readonly received: string[] = [];
  private readonly jar = new Map<string, string>();
  private fixed: string | null | undefined;

  /** The Cookie header, or undefined for none. */
  get header(): string | undefined {
    if (this.fixed !== undefined) return this.fixed ?? undefined;
    const pairs = [...this.jar].map(([name, value]) => `${name}=${value}`);
    return pairs.length === 0 ? undefined : pairs.join('; ');
  }

  /** Sends exactly this from now on, until it is given another cookie. */
  set header(header: string | undefined) {
    this.fixed = header ?? null;
  }

  get request(): FastifyRequest {
    const headers = { cookie: this.header, 'user-agent': 'a browser' };
    return { headers, ip: '192.0.2.1', socket: {} } as unknown as FastifyRequest;
  }

  get reply(): FastifyReply {
    return {
      getHeader: () => undefined,
      removeHeader: () => undefined,
      header: (_name: string, lines: string[]) => this.receive(lines),
    } as unknown as FastifyReply;
  }

  /** Keeps what a response sets. */
  receive(lines: readonly string[]): void {
    this.fixed = undefined;
    for (const line of lines) {
      this.received.push(line);
      const [pair = ''] = line.split(';');
      const separator = pair.indexOf('=');
      if (/max-age=0/i.test(line)) this.jar.delete(pair.slice(0, separator));
      else this.jar.set(pair.slice(0, separator), pair.slice(separator + 1));
    }
  }
}
