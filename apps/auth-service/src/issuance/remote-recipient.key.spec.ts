import { createServer, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair } from 'jose';
import { loopbackOutbound } from '../testing/outbound.fixture.js';
import { RecipientKeyUnavailableError, RemoteRecipientKey } from './remote-recipient.key.js';

const { publicKey } = await generateKeyPair('ECDH-ES', { crv: 'P-256', extractable: true });
const JWK = { ...(await exportJWK(publicKey)), use: 'enc' };
const serve =
  (kid: string, headers: Record<string, string> = {}) =>
  (response: ServerResponse): void =>
    void response.writeHead(200, headers).end(JSON.stringify({ keys: [{ ...JWK, kid }] }));

describe('RemoteRecipientKey', () => {
  let answer: (response: ServerResponse) => void;
  let asked: number;
  let nowMs: number;
  let key: RemoteRecipientKey;
  const publisher = createServer((_, response) => {
    asked += 1;
    answer(response);
  });
  beforeAll(() => new Promise<void>((resolve) => publisher.listen(0, '127.0.0.1', resolve)));
  afterAll(() => {
    publisher.closeAllConnections();
    publisher.close();
  });
  beforeEach(() => {
    const { port } = publisher.address() as AddressInfo;
    [asked, nowMs, answer] = [0, 0, serve('first')];
    key = new RemoteRecipientKey(
      `http://127.0.0.1:${port}/jwks`,
      'ECDH-ES',
      loopbackOutbound().fetch,
      () => nowMs,
    );
  });
  const kid = async () => (await key.find()).kid;

  it('is fetched once, however many ask, and again when it is due', async () => {
    expect(await Promise.all([kid(), kid(), kid()])).toEqual(['first', 'first', 'first']);
    expect(asked).toBe(1);
    answer = serve('second');
    nowMs = 599_999;
    expect(await kid()).toBe('first');
    nowMs = 600_000;
    expect(await kid()).toBe('second');
    expect(asked).toBe(2);
  });

  it.each([
    ['30 seconds at least', 'no-store', 30],
    ['an hour at most', 'max-age=86400', 3600],
    ['as long as its owner says in between', 'max-age=120', 120],
  ])('is fresh %s', async (_, control, seconds) => {
    answer = serve('first', { 'cache-control': control });
    await kid();
    answer = serve('second');
    nowMs = seconds * 1000 - 1;
    expect(await kid()).toBe('first');
    nowMs += 1;
    expect(await kid()).toBe('second');
  });

  it('serves through an outage for a day, and asks once in two seconds', async () => {
    await kid();
    answer = (response) => void response.destroy();
    nowMs = 600_000;
    expect(await kid()).toBe('first');
    expect(await kid()).toBe('first');
    expect(asked).toBe(2);
    nowMs += 24 * 3_600_000;
    await expect(key.find()).rejects.toThrow(RecipientKeyUnavailableError);
  });

  it.each<[string, (response: ServerResponse) => void]>([
    ['fails', (response) => void response.writeHead(500).end()],
    ['redirects', (response) => void response.writeHead(302, { location: '/jwks2' }).end()],
    ['has no key that fits', (response) => void response.end('{"keys":[]}')],
    ['has no keys', (response) => void response.end('{"keys":{}}')],
    ['sends no JSON', (response) => void response.end('<html>')],
    ['hangs up', (response) => void response.destroy()],
    ['never ends', (response) => void response.write('x'.repeat(70_000))],
  ])('is not there where its owner %s', async (_, bad) => {
    answer = bad;
    await expect(key.find()).rejects.toThrow(RecipientKeyUnavailableError);
    expect(asked).toBe(1);
    answer = serve('first');
    await expect(key.find()).rejects.toThrow(RecipientKeyUnavailableError);
    nowMs += 2000;
    expect(await kid()).toBe('first');
  });
});
