/** Attacks by the way a token is carried: schemes, blanks, several tokens (RFC 6750 sections 2 and 3.1). */
import { type INestApplication } from '@nestjs/common';
import { type IncomingMessage } from 'node:http';
import { sendRaw, type Answer } from '../support/resource-server-client.js';
import { TestClock } from '../support/resource-server-clock.js';
import {
  expectNowhere,
  expectRefused,
  expectTokenAccepted,
} from '../support/resource-server-refusal.js';
import { PLATFORMS, ResourceServer } from '../support/resource-server.js';
import { createSigningKey, TokenForge } from '../support/token-forge.js';

const ISSUER = 'https://as.example';
const AUDIENCE = 'https://orders.example';
const FORM = 'application/x-www-form-urlencoded';
const clock = new TestClock();
const forge = new TokenForge(ISSUER, AUDIENCE, createSigningKey('ES256', 'ec-1'), clock);
const token = forge.forge();
const second = forge.forge({ payload: forge.claims({ sub: 'admin' }) });

describe.each(PLATFORMS)('a token carried in an odd way, on %s', (platform) => {
  let server: ResourceServer;

  beforeAll(async () => {
    server = await ResourceServer.start(platform, {
      trusts: [{ issuer: ISSUER, audience: AUDIENCE, jwks: { keys: [forge.key.jwk] } }],
      clock: clock.nowMs,
      configure: setAuthorizationInProcess,
    });
  });

  afterAll(() => server.stop());

  const carry = (authorization: string): Promise<Answer> =>
    server.send('/orders', { headers: { authorization } });
  const write = (...lines: string[]): Promise<Answer> => {
    server.forget();
    return sendRaw(server.port, ['GET /orders HTTP/1.1', 'Host: 127.0.0.1', ...lines]);
  };

  it('accepts a good token as everybody sends it', async () => {
    await expectTokenAccepted(server, token);
  });

  it.each(['bearer', 'BEARER', 'bEaReR', 'Bearer '])('accepts the scheme as %j', async (scheme) => {
    expect((await carry(`${scheme} ${token}`)).status).toBe(200);
    expect(server.reached).toEqual(['OrdersController.list']);
  });

  it.each([
    ['no header', undefined],
    ['an empty header', ''],
    ['a blank', ' '],
    ['Basic', 'Basic YWxpY2U6c2VjcmV0'],
    ['Basic with a token', `Basic ${token}`],
    ['Token', `Token ${token}`],
    ['no scheme', token],
    ['no blank between', `Bearer${token}`],
    ['a scheme that starts alike', `Bearers ${token}`],
  ])('answers with a bare challenge to %s', async (_name, authorization) => {
    const answer = await server.send('/orders', { headers: { authorization } });
    expectRefused(server, answer, { stage: 'extraction', reason: 'no_token', token });
  });

  it('refuses a token of no key that comes as DPoP', async () => {
    const answer = await carry(`DPoP ${token}`);
    const reason = 'unbound_token_with_proof';
    expectRefused(server, answer, { stage: 'confirmation', reason, token });
  });

  const malformed: readonly [string, string][] = [
    ['the scheme alone', 'Bearer'],
    ['a tab for the blank', `Bearer\t${token}`],
    ['a blank and a tab', `Bearer \t${token}`],
    ['a tab within', `Bearer ${token.slice(0, 20)}\t${token.slice(20)}`],
    ['a blank within', `Bearer ${token.slice(0, 20)} ${token.slice(20)}`],
    ['two tokens', `Bearer ${token} ${second}`],
    ['two tokens and a comma', `Bearer ${token}, ${second}`],
    ['two credentials in one header', `Bearer ${token}, Bearer ${second}`],
    ['quotes', `Bearer "${token}"`],
    ['a parameter', `Bearer token="${token}"`],
    ['an equals sign', `Bearer=${token}`],
    ['a colon', `Bearer: ${token}`],
    ['a comma', `Bearer,${token}`],
    ['a byte beyond ASCII', `Bearer ${token}\u00e9`],
    ['a byte beyond ASCII before', `Bearer \u00a0${token}`],
    ['padding within', `Bearer ${token.replace('.', '=.')}`],
    ['an escape', `Bearer ${token.replace('.', '%2E')}`],
  ];

  it.each(malformed)('refuses %s as a malformed request', async (_name, authorization) => {
    const answer = await write(`Authorization: ${authorization}`);
    const reason = 'malformed_authorization';
    expectRefused(server, answer, { stage: 'extraction', reason, token: [token, second] });
  });

  // Node trims these off the wire, as RFC 9110 section 5.5 says. A middleware may put them back.
  it.each([
    ['a blank behind', `Bearer ${token} `],
    ['a tab behind', `Bearer ${token}\t`],
    ['a line end behind', `Bearer ${token}\r\n`],
    ['a line feed behind', `Bearer ${token}\n`],
    ['a NUL behind', `Bearer ${token}\0`],
    ['a form feed for the blank', `Bearer\f${token}`],
  ])('refuses %s where the platform did not trim it', async (_name, authorization) => {
    const bytes = Buffer.from(authorization).toString('hex');
    const answer = await server.send('/orders', { headers: { 'x-authorization-hex': bytes } });
    const reason = 'malformed_authorization';
    expectRefused(server, answer, { stage: 'extraction', reason, token });
  });

  it('accepts an untouched value that is set in the same way', async () => {
    const bytes = Buffer.from(`Bearer ${token}`).toString('hex');
    const answer = await server.send('/orders', { headers: { 'x-authorization-hex': bytes } });
    expect(answer.status).toBe(200);
  });

  it.each([
    ['the same one twice', [`Authorization: Bearer ${token}`, `Authorization: Bearer ${token}`]],
    ['two good ones', [`Authorization: Bearer ${token}`, `Authorization: Bearer ${second}`]],
    ['a bad one behind', [`Authorization: Bearer ${token}`, 'Authorization: Bearer x']],
    ['in names of two cases', [`Authorization: Bearer ${token}`, `AUTHORIZATION: Bearer ${token}`]],
    ['Basic behind', [`Authorization: Bearer ${token}`, 'Authorization: Basic YTpi']],
    ['Basic before', ['Authorization: Basic YTpi', `Authorization: Bearer ${token}`]],
    ['an empty one before', ['Authorization:', `Authorization: Bearer ${token}`]],
    ['three', [token, second, token].map((one) => `Authorization: Bearer ${one}`)],
  ])('refuses more than one Authorization header: %s', async (_name, lines) => {
    const answer = await write(...lines);
    const reason = 'more_than_one_token';
    expectRefused(server, answer, { stage: 'extraction', reason, token: [token, second] });
  });

  it.each([
    ['a form', FORM, `access_token=${second}`],
    ['a form with the same token', FORM, `access_token=${token}`],
    ['a form with two', FORM, `access_token=${second}&access_token=${token}`],
    ['an empty member of a form', FORM, 'access_token='],
    ['JSON', 'application/json', JSON.stringify({ access_token: second })],
    ['JSON, null', 'application/json', '{"access_token":null}'],
  ])('refuses a second token in the body: %s', async (_name, type, body) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': type };
    const answer = await server.send('/orders', { method: 'POST', headers, body });
    expectRefused(server, answer, {
      stage: 'extraction',
      reason: 'more_than_one_token',
      token: [token, second],
      handler: 'OrdersController.create',
    });
  });

  it.each([
    '?access_token=x',
    '?access_token',
    '?a=1&access_token=x&access_token=y',
    '?access%5Ftoken=x',
  ])('refuses a second token in the query: %s', async (query) => {
    const headers = { authorization: `Bearer ${token}` };
    const answer = await server.send(`/orders${query}`, { headers });
    const reason = 'more_than_one_token';
    expectRefused(server, answer, { stage: 'extraction', reason, token });
  });

  it.each([
    ['a form', FORM, `item=1&note=${second}`],
    ['JSON', 'application/json', JSON.stringify({ item: 1 })],
  ])('accepts one token beside a body of other members: %s', async (_name, type, body) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': type };
    const answer = await server.send('/orders?page=1', { method: 'POST', headers, body });
    expect(answer.status).toBe(201);
    expect(server.reached).toEqual(['OrdersController.create']);
  });

  it.each([
    ['the query', `/orders?access_token=${token}`, {}],
    ['Proxy-Authorization', '/orders', { 'proxy-authorization': `Bearer ${token}` }],
    ['X-Authorization', '/orders', { 'x-authorization': `Bearer ${token}` }],
    ['X-Forwarded-Access-Token', '/orders', { 'x-forwarded-access-token': token }],
    ['a cookie', '/orders', { cookie: `access_token=${token}; authorization=Bearer ${token}` }],
  ])('never takes a token from %s', async (_name, path, headers) => {
    const answer = await server.send(path, { headers });
    expectRefused(server, answer, { stage: 'extraction', reason: 'no_token', token });
  });

  it('never takes a token from the body', async () => {
    const headers = { 'content-type': FORM };
    const body = `access_token=${token}`;
    const answer = await server.send('/orders', { method: 'POST', headers, body });
    const handler = 'OrdersController.create';
    expectRefused(server, answer, { stage: 'extraction', reason: 'no_token', token, handler });
  });

  it.each([
    ['a blank before the colon', [`Authorization : Bearer ${token}`]],
    ['a value on the next line', ['Authorization: Bearer', ` ${token}`]],
    ['a bare line feed', [`X: y\nAuthorization: Bearer ${token}`]],
    ['a NUL', [`Authorization: Bearer ${token}\0`]],
  ])(
    'leaves a head that is no HTTP to the platform, which refuses it: %s',
    async (_name, lines) => {
      const answer = await write(...lines);
      expect(answer.status).toBe(400);
      expect(server.reached).toEqual([]);
      expectNowhere(server, answer, [token]);
    },
  );
});

/** Stands for a middleware that changes the header before Nest sees it. */
function setAuthorizationInProcess(app: INestApplication): void {
  app.use((request: IncomingMessage, _response: unknown, next: () => void) => {
    const bytes = request.headers['x-authorization-hex'];
    if (typeof bytes === 'string') {
      request.headers.authorization = Buffer.from(bytes, 'hex').toString();
    }
    next();
  });
}
