/** A site on which clients publish what they are, on a loopback port. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** Answers what a test puts there; everything else is not found. */
export class DocumentSite {
  /** How often each path was asked for. */
  readonly asked = new Map<string, number>();
  private readonly answers = new Map<string, Answer>();
  private readonly server = createServer((request, response) => {
    const path = request.url ?? '';
    this.asked.set(path, (this.asked.get(path) ?? 0) + 1);
    const answer = this.answers.get(path);
    if (answer === undefined) return response.writeHead(404).end();
    return answer(request, response);
  });

  static async start(): Promise<DocumentSite> {
    const site = new DocumentSite();
    await new Promise<void>((resolve) => site.server.listen(0, '127.0.0.1', resolve));
    return site;
  }

  get host(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  url(path: string): string {
    return `http://${this.host}${path}`;
  }

  /** @returns the client's id */
  publish(path: string, members: object, headers: Readonly<Record<string, string>> = {}): string {
    const clientId = this.url(path);
    const body = JSON.stringify({ client_id: clientId, ...members });
    this.answer(path, (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(body);
    });
    return clientId;
  }

  answer(path: string, answer: Answer): void {
    this.answers.set(path, answer);
  }

  remove(path: string): void {
    this.answers.delete(path);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
