import { jest } from '@jest/globals';
import { request as httpRequest } from 'node:http';
import { once } from 'node:events';
import { AuditRecord } from '../audit/audit.record.js';
import { AuditTrail } from '../audit/audit.trail.js';
import { ClientAuthenticator } from '../client-authentication/client.authenticator.js';
import { TestApplication } from '../testing/test-application.js';
import { originOf } from './request.origin.js';

const HANGS_UP = 'hangs-up';
const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

describe.each([
  ['without trusted proxies', '', false],
  ['behind a proxy of this machine', '127.0.0.0/8, 2001:db8::/32', true],
])('the origin of a request, %s', (_, proxies, trusted) => {
  let server: TestApplication;
  const called: string[] = [];
  beforeAll(async () => {
    server = await TestApplication.start({ environment: { AUTH_TRUSTED_PROXIES: proxies } });
    // A handler that records, behind the body's parser and several awaits.
    const authenticator = server.app.get(ClientAuthenticator);
    const authenticate = authenticator.authenticate.bind(authenticator);
    jest.spyOn(authenticator, 'authenticate').mockImplementation(async (request, form) => {
      called.push(request.id);
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 20));
      if (request.id === HANGS_UP && !request.raw.socket.destroyed) {
        await once(request.raw.socket, 'close');
      }
      server.app
        .get(AuditTrail)
        .record({ origin: originOf(request), type: 'test.called', outcome: 'success' });
      return authenticate(request, form);
    });
  });
  afterAll(() => server.stop());

  /** Sends a request and returns its id with what was recorded of it. */
  async function send(headers: Record<string, string>) {
    const response = await server.post('/oauth2/token', { grant_type: 'x' }, headers);
    return recorded(response.headers.get('x-request-id') ?? '');
  }

  async function recorded(id: string) {
    const record = server.app.get(AuditRecord);
    for (;;) {
      const { events } = await record.find({ type: 'test.called' });
      const event = events.find(({ correlationId }) => correlationId === id);
      if (event !== undefined) return { id, address: event.address };
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  it('keeps many requests at once apart, by ids of their callers', async () => {
    const ids = Array.from({ length: 20 }, (__, index) => `caller-${trusted}.${index}_x`);
    const answers = await Promise.all(ids.map((id) => send({ 'x-request-id': id })));
    expect(answers.map(({ id }) => id)).toEqual(ids);
  });

  it('knows the address of a client that has hung up', async () => {
    const asked = httpRequest(server.url('/oauth2/token'), {
      method: 'POST',
      headers: { 'x-request-id': HANGS_UP, 'content-type': 'application/x-www-form-urlencoded' },
    });
    asked.on('error', () => undefined).end('grant_type=x');
    while (!called.includes(HANGS_UP)) await new Promise((resolve) => setTimeout(resolve, 5));
    asked.destroy();
    expect(await recorded(HANGS_UP)).toEqual({ id: HANGS_UP, address: '127.0.0.1' });
  });

  it.each(['', 'a b', 'a"b', 'a\tb', 'a/../b', 'é', 'a'.repeat(65)])(
    'makes an id of its own instead of %j',
    async (id) => {
      const headers = { 'x-request-id': id };
      const sent = httpRequest(server.url('/health/live'), { headers }).end();
      const [response] = (await once(sent, 'response')) as [{ headers: Record<string, string> }];
      expect(response.headers['x-request-id']).toMatch(UUID);
    },
  );

  it('answers the id where there is no such endpoint, and no such URL', async () => {
    for (const path of ['/nothing', '/%']) {
      const { headers } = await fetch(server.url(path), { headers: { 'x-request-id': 'mine' } });
      expect(headers.get('x-request-id')).toBe('mine');
    }
  });

  it.each([
    ['198.51.100.7', '198.51.100.7'],
    ['203.0.113.1, 198.51.100.7', '198.51.100.7'],
    ['203.0.113.1, 198.51.100.7, 127.0.0.2', '198.51.100.7'],
    ['198.51.100.7, 2001:db8::2', '198.51.100.7'],
    ['2001:DB9:0::7', '2001:db9::7'],
    ['198.51.100.7:1234', '198.51.100.7'],
    ['nonsense', '127.0.0.1'],
  ])('takes X-Forwarded-For: %s for %s, from a trusted peer alone', async (forwarded, address) => {
    const recorded = await send({ 'x-forwarded-for': forwarded });
    expect(recorded.address).toBe(trusted ? address : '127.0.0.1');
  });
});
