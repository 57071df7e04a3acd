import { once } from 'node:events';
import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http';
import { createServer } from 'node:https';
import { type AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { fetchJsonDocument } from '@keyward/auth';
import { CertificateAuthority } from '../testing/certificate.authority.js';
import { NameResolver, OutboundClient } from './outbound.client.js';
import { OutboundFailedError } from './outbound.exchange.js';
import { OutboundPolicy, OutboundRefusedError } from './outbound.policy.js';

const HOST = 'keys.example.com';
const LIMITS = { timeoutMs: 5000, maxBytes: 1000 };

/** Answers each time what is next, and the last one for ever. */
class ScriptedResolver extends NameResolver {
  asked = 0;

  constructor(private readonly answers: readonly (readonly string[])[]) {
    super();
  }

  resolve(): Promise<readonly string[]> {
    const answer = this.answers[Math.min(this.asked, this.answers.length - 1)] ?? [];
    this.asked += 1;
    return Promise.resolve(answer);
  }
}

describe('OutboundClient', () => {
  let authority: CertificateAuthority;
  let server: Server;
  let answer: RequestListener;
  let requests: string[];
  beforeAll(async () => {
    authority = await CertificateAuthority.create();
    const { cert, key } = await authority.issue({
      names: [{ type: 'dns', value: HOST }],
      usage: 'server',
    });
    server = createServer({ cert, key }, (request, response) => {
      requests.push(`${request.method} ${request.headers.host ?? ''}${request.url ?? ''}`);
      answer(request, response);
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
  });
  beforeEach(() => {
    requests = [];
    answer = (_request, response) => response.end('{"keys":[]}');
  });
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const port = () => (server.address() as AddressInfo).port;
  const url = (path = '/jwks') => `https://${HOST}:${port()}${path}`;
  const clientOf = (resolver: NameResolver, allowedNetworks = ['127.0.0.1/32']) =>
    new OutboundClient(
      new OutboundPolicy({ allowedHosts: [], allowedNetworks, allowLoopback: false }),
      resolver,
      { pem: authority.cert },
    );
  const here = () => new ScriptedResolver([['127.0.0.1']]);

  it('asks by the name, over TLS that is checked for the name', async () => {
    const { status, body } = await clientOf(here()).send(url(), LIMITS);
    expect([status, body.toString()]).toEqual([200, '{"keys":[]}']);
    expect(requests).toEqual([`GET ${HOST}:${port()}/jwks`]);
    const other = `https://other.example.com:${port()}/jwks`;
    await expect(clientOf(here()).send(other, LIMITS)).rejects.toThrow(OutboundFailedError);
    expect(requests).toHaveLength(1);
  });

  it('sends nothing to this machine where that is not allowed', async () => {
    const client = clientOf(here(), []);
    await expect(client.send(url(), LIMITS)).rejects.toThrow(OutboundRefusedError);
    const literal = `https://127.0.0.1:${port()}/`;
    await expect(client.send(literal, LIMITS)).rejects.toThrow(OutboundRefusedError);
    expect(requests).toEqual([]);
  });

  it('resolves a name once, so that it cannot mean something else when it connects', async () => {
    const rebinding = new ScriptedResolver([['127.0.0.1'], ['127.0.0.2']]);
    const { status } = await clientOf(rebinding).send(url(), LIMITS);
    expect([status, rebinding.asked, requests.length]).toEqual([200, 1, 1]);
    // The next request asks anew, and is refused for what the name means by now.
    await expect(clientOf(rebinding).send(url(), LIMITS)).rejects.toThrow('at 127.0.0.2');
    expect(requests).toHaveLength(1);
  });

  it('sends nothing where one of several addresses is not allowed', async () => {
    const mixed = new ScriptedResolver([['127.0.0.1', '10.0.0.1']]);
    await expect(clientOf(mixed).send(url(), LIMITS)).rejects.toThrow('at 10.0.0.1');
    expect(requests).toEqual([]);
  });

  it('opens a connection for each request', async () => {
    const client = clientOf(here());
    const sockets = new Set<unknown>();
    answer = (request, response) => {
      sockets.add(request.socket);
      response.end('{}');
    };
    await client.send(url(), LIMITS);
    await client.send(url(), LIMITS);
    expect(sockets.size).toBe(2);
  });

  it.each([301, 302, 303, 307, 308])('follows no redirect of status %i', async (status) => {
    answer = (request, response) => {
      const location =
        request.url === '/jwks' ? `${url('/elsewhere')}` : 'https://169.254.169.254/';
      response.writeHead(status, { location }).end();
    };
    const client = clientOf(here());
    expect((await client.send(url(), LIMITS)).status).toBe(status);
    const limits = { ...LIMITS, noCache: true, fetch: client.fetch };
    await expect(fetchJsonDocument(url(), limits)).rejects.toThrow(`answered ${status}`);
    expect(requests).toEqual([`GET ${HOST}:${port()}/jwks`, `GET ${HOST}:${port()}/jwks`]);
  });

  it('takes no more than it asked for, whether the length is said or not', async () => {
    const client = clientOf(here());
    for (const said of [true, false]) {
      answer = (_request, response) => {
        if (said) response.setHeader('content-length', 1001);
        response.end('x'.repeat(1001));
      };
      await expect(client.send(url(), LIMITS)).rejects.toThrow('more than 1000 bytes');
    }
    let isEndless = true;
    answer = (_request, response) => {
      const write = () => {
        while (isEndless && response.write('x'.repeat(10_000)));
      };
      response.on('drain', write);
      response.on('close', () => (isEndless = false));
      write();
    };
    await expect(client.send(url(), LIMITS)).rejects.toThrow('more than 1000 bytes');
  });

  it('asks for nothing compressed, and unpacks nothing', async () => {
    let accepted: unknown;
    answer = (request, response) => {
      accepted = request.headers['accept-encoding'];
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('x'.repeat(10_000_000)));
    };
    const generous = { ...LIMITS, maxBytes: 100_000_000 };
    await expect(clientOf(here()).send(url(), generous)).rejects.toThrow('compressed');
    expect(accepted).toBe('identity');
  });

  it.each<[string, RequestListener]>([
    ['that never begins', () => undefined],
    ['that begins and stalls', (_request, response) => response.writeHead(200).write('{')],
    [
      'that comes one byte at a time',
      (_request, response) => {
        const timer = setInterval(() => response.write(' '), 20);
        response.on('close', () => clearInterval(timer));
      },
    ],
  ])('gives up an answer %s', async (_what, listener) => {
    answer = listener;
    const startMs = Date.now();
    const asking = clientOf(here()).send(url(), { ...LIMITS, timeoutMs: 300 });
    await expect(asking).rejects.toThrow('no answer in time');
    expect(Date.now() - startMs).toBeLessThan(4000);
  });

  it('gives up a name that is not resolved in time, and one that cannot be', async () => {
    const silent = { resolve: () => new Promise<never>(() => undefined) };
    const asking = clientOf(silent).send(url(), { ...LIMITS, timeoutMs: 50 });
    await expect(asking).rejects.toThrow('not resolved in time');
    const failing = { resolve: () => Promise.reject(new Error('ENOTFOUND')) };
    await expect(clientOf(failing).send(url(), LIMITS)).rejects.toThrow('cannot be resolved');
  });

  it('stops when it is told to', async () => {
    answer = () => undefined;
    const stopping = new AbortController();
    const asking = clientOf(here()).send(url(), { ...LIMITS, signal: stopping.signal });
    setTimeout(() => stopping.abort(), 50);
    await expect(asking).rejects.toThrow(OutboundFailedError);
    const never = clientOf(here()).send(url(), { ...LIMITS, signal: AbortSignal.abort() });
    await expect(never).rejects.toThrow(OutboundFailedError);
  });

  it('posts a body, and leaves the answer to it unread where that is not wanted', async () => {
    let received = '';
    answer = (request, response) => {
      request.on('data', (chunk: Buffer) => (received += chunk.toString()));
      request.on('end', () => response.writeHead(204).end());
    };
    const post = { ...LIMITS, method: 'POST', body: 'a=ü', maxBytes: 0 } as const;
    expect((await clientOf(here()).send(url(), post)).status).toBe(204);
    expect(received).toBe('a=ü');
  });

  it('is a fetch for the documents of the library, with how long they may be kept', async () => {
    answer = (_request, response) =>
      response.writeHead(200, { 'cache-control': 'max-age=77' }).end('{"keys":[]}');
    const limits = { ...LIMITS, noCache: false, fetch: clientOf(here()).fetch };
    const document = await fetchJsonDocument(url(), limits);
    expect(document).toEqual({ body: { keys: [] }, maxAgeSeconds: 77 });
  });

  it('speaks http with this machine in development alone', async () => {
    const plain = createHttpServer((_request, response) => response.end('{}'));
    await once(plain.listen(0, '127.0.0.1'), 'listening');
    const address = `http://127.0.0.1:${(plain.address() as AddressInfo).port}/`;
    const ask = (allowLoopback: boolean) =>
      new OutboundClient(
        new OutboundPolicy({ allowedHosts: [], allowedNetworks: [], allowLoopback }),
        here(),
      ).send(address, LIMITS);
    expect((await ask(true)).status).toBe(200);
    await expect(ask(false)).rejects.toThrow(OutboundRefusedError);
    await new Promise((resolve) => plain.close(resolve));
  });
});
