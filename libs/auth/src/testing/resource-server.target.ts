/** The resource server that attacks are sent to: an application in this process, or a URL. */
import { request as httpRequest, type IncomingHttpHeaders, type Server } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { type AddressInfo } from 'node:net';

/** As far as an INestApplication matters here. It has to be initialised, and need not listen. */
export interface TargetApplication {
  getHttpServer(): unknown;
}

/** An application, an HTTP server, or where one is: `https://orders.staging.example`. */
export type ResourceServerTarget = TargetApplication | Server | string;

/** One request; several values of a header are sent as several lines. */
export interface SentRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string;
}

/** An answer as it came. */
export interface ReceivedAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Where `target` is; a server that does not listen yet does so on a free loopback port. */
export async function originOf(target: ResourceServerTarget): Promise<string> {
  if (typeof target === 'string') return new URL(target).origin;
  const server = ('getHttpServer' in target ? target.getHttpServer() : target) as Server;
  if (!server.listening) {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  }
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Sends one request on a connection of its own, and follows nothing. */
export function exchange(origin: string, sent: SentRequest): Promise<ReceivedAnswer> {
  const { method, path, headers, body } = sent;
  const open = origin.startsWith('https:') ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const outgoing = { ...headers } as Record<string, string | string[]>;
    const request = open(origin + path, { method, headers: outgoing, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const { statusCode: status = 0, headers: received } = response;
        resolve({ status, headers: received, body: Buffer.concat(chunks).toString() });
      });
    });
    request.on('error', reject);
    request.end(body);
  });
}
