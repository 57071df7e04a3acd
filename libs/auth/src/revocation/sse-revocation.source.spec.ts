import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import { type AddressInfo } from 'node:net';
import { eventually } from '../spec-support/scripted-feed.js';
import { ClientCredentialsTokens } from './access-token.provider.js';
import { RevocationFeed } from './revocation.feed.js';
import { SseRevocationSource } from './sse-revocation.source.js';

const HEAD = { 'content-type': 'text/event-stream' };
const START = 'event: start\ndata: {"position":0}\n\n';
const beat = (position: number, previous: number) =>
  `event: heartbeat\nid: ${position}\ndata: {"position":${position},"previous":${previous}}\n\n`;

describe('SseRevocationSource', () => {
  let server: Server;
  let answer: (request: IncomingMessage, response: ServerResponse) => void;
  let tokenRequests: { authorization: string | undefined; body: string }[];
  let feedRequests: IncomingMessage[];
  let feed: RevocationFeed;
  beforeEach(async () => {
    tokenRequests = [];
    feedRequests = [];
    server = createServer((request, response) => {
      if (request.url !== '/token') {
        feedRequests.push(request);
        return answer(request, response);
      }
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        tokenRequests.push({ authorization: request.headers.authorization, body });
        const access_token = `token-${tokenRequests.length}`;
        response.end(JSON.stringify({ access_token, token_type: 'Bearer', expires_in: 300 }));
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(async () => {
    await feed.stop();
    server.closeAllConnections();
    server.close();
  });

  const open = (silenceMs = 1000) => {
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const tokens = new ClientCredentialsTokens({
      tokenUrl: `${origin}/token`,
      clientId: 'orders',
      clientSecret: 'a b+c',
      scope: 'revocations:read',
    });
    feed = new RevocationFeed({
      source: new SseRevocationSource({ url: `${origin}/feed`, tokens, silenceMs, timeoutMs: 500 }),
    });
    feed.start();
    return feed;
  };

  it('is stopped and cut also after the collector took what fetch holds weakly', async () => {
    answer = (_request, response) => void response.writeHead(200, HEAD).write(START + beat(0, 0));
    open(60_000);
    await eventually(() => feed.state().replayed);
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    for (let round = 0; round < 5; round += 1) {
      await sleep(20);
      collect();
    }
    const stopped = feed.stop().then(() => 'stopped');
    expect(await Promise.race([stopped, sleep(2000, 'still there', { ref: false })])).toBe(
      'stopped',
    );
  });

  it('follows with a token of its own, byte by byte if need be, and comes back with its position', async () => {
    const responses: ServerResponse[] = [];
    answer = (request, response) => {
      responses.push(response);
      response.writeHead(200, HEAD);
      const from = Number(request.headers['last-event-id'] ?? 0);
      const text =
        from === 0
          ? `: a comment\n\n${START}event: revocation\r\nid: 1\r\ndata: {"kind":"grant","value":"grün","exp":2000000000,"position":1,"previous":0}\r\n\r\nevent: novelty\ndata: what is this\n\n${beat(4, 1)}`
          : `event: start\ndata: {"position":${from}}\n\n${beat(from, from)}`;
      for (const byte of Buffer.from(text)) response.write(Buffer.of(byte));
    };
    open();
    await eventually(() => feed.state().replayed);
    const token = { tokenId: 't', grantId: 'grün', clientId: 'c', issuedAt: 1 };
    expect(feed.find(token, undefined)).toBe('grant');
    expect(feedRequests[0]?.headers.authorization).toBe('Bearer token-1');
    expect(tokenRequests).toEqual([
      {
        authorization: `Basic ${Buffer.from('orders:a+b%2Bc').toString('base64')}`,
        body: 'grant_type=client_credentials&scope=revocations%3Aread',
      },
    ]);
    responses[0]?.destroy();
    await eventually(() => feedRequests.length === 2 && feed.state().lastFailure === undefined);
    expect(feedRequests[1]?.headers['last-event-id']).toBe('4');
    expect(tokenRequests).toHaveLength(1);
  });

  it('asks for another token where the one it has is refused', async () => {
    answer = (request, response) => {
      if (request.headers.authorization === 'Bearer token-1') {
        response.writeHead(401).end();
        return;
      }
      response.writeHead(200, HEAD).write(START + beat(0, 0));
    };
    open();
    await eventually(() => feed.state().replayed);
    expect(tokenRequests).toHaveLength(2);
  });

  it('gives a connection up on which nothing comes', async () => {
    answer = (_, response) => void response.writeHead(200, HEAD).write(START + beat(0, 0));
    open(100);
    await eventually(() => feedRequests.length >= 2);
  });

  it.each([
    ['an answer that never begins', () => undefined],
    ['a redirect', (response: ServerResponse) => response.writeHead(302, { location: '/x' }).end()],
    ['a server error', (response: ServerResponse) => response.writeHead(500).end()],
    [
      'a revocation of nothing',
      (response: ServerResponse) =>
        response
          .writeHead(200, HEAD)
          .write(`${START}event: revocation\ndata: {"position":1,"previous":0,"exp":9}\n\n`),
    ],
    [
      'a message that is no JSON',
      (response: ServerResponse) =>
        response.writeHead(200, HEAD).write(`${START}event: heartbeat\ndata: {\n\n`),
    ],
    [
      'a line without end',
      (response: ServerResponse) => response.writeHead(200, HEAD).write('x'.repeat(70_000)),
    ],
  ])('is not misled by %s', async (_, misbehave) => {
    answer = (__, response) => void misbehave(response);
    open();
    await eventually(() => feed.state().lastFailure !== undefined && feedRequests.length >= 2);
    expect(feed.state().replayed).toBe(false);
    expect(feed.isStale(60_000, Date.now())).toBe(true);
  });

  it('sends neither token nor secret over plain http to another machine', () => {
    const tokens = {
      tokenUrl: 'http://as.example/token',
      clientId: 'a',
      clientSecret: 'b',
      scope: 'c',
    };
    expect(() => new ClientCredentialsTokens(tokens)).toThrow(/is not https/);
    const secure = new ClientCredentialsTokens({ ...tokens, tokenUrl: 'https://as.example/token' });
    expect(
      () => new SseRevocationSource({ url: 'http://as.example/feed', tokens: secure }),
    ).toThrow(/is not https/);
    feed = new RevocationFeed({
      source: new SseRevocationSource({ url: 'https://as.example/feed', tokens: secure }),
    });
  });
});
