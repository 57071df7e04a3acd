import { createHash } from 'node:crypto';
import { type FastifyReply, type FastifyRequest, fastify } from 'fastify';
import { type ServerConfig } from '../config/server.config.js';
import { BrowserCookie } from './browser.cookie.js';

const ISSUER = 'https://login.example.com';
const NAME = '__Host-keyward-browser';
const CONTEXT = 'sign-in 1';

const sha256 = (value: string) => createHash('sha256').update(value).digest('base64url');

describe('BrowserCookie', () => {
  const cookies = new BrowserCookie({ issuer: ISSUER } as ServerConfig);

  /** Runs `act` in a real request with these headers; says what it returned and what was set. */
  async function inRequest<T>(
    headers: Record<string, string>,
    act: (request: FastifyRequest, reply: FastifyReply) => T,
  ): Promise<{ result: T; setCookie: readonly string[] }> {
    const server = fastify();
    let result: T | undefined;
    server.post('/', (request, reply) => {
      result = act(request, reply);
      return reply.send('');
    });
    const url = await server.listen({ host: '127.0.0.1', port: 0 });
    const response = await fetch(url, { method: 'POST', headers });
    await server.close();
    expect(response.status).toBe(200);
    return { result: result as T, setCookie: response.headers.getSetCookie() };
  }

  const newBrowser = async () => {
    const { result, setCookie } = await inRequest({}, (request, reply) => ({
      token: cookies.formToken(request, reply, CONTEXT),
      sha256: cookies.ensure(request, reply),
    }));
    const [line = ''] = setCookie;
    const cookie = line.split(';', 1)[0] ?? '';
    return { ...result, setCookie, cookie };
  };
  const isFormToken = async (headers: Record<string, string>, token: string | null, on = CONTEXT) =>
    (await inRequest(headers, (request) => cookies.isFormToken(request, on, token))).result;

  it('gives a browser one cookie of 32 random bytes, bound to the host and out of reach of scripts', async () => {
    const { setCookie, cookie, sha256: known } = await newBrowser();
    expect(setCookie).toEqual([
      expect.stringMatching(
        /^__Host-keyward-browser=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
      ),
    ]);
    expect(known).toBe(sha256(cookie.slice(NAME.length + 1)));
    expect((await newBrowser()).sha256).not.toBe(known);
  });

  it('recognises the browser and gives it no second cookie', async () => {
    const { cookie, sha256: known } = await newBrowser();
    const { result, setCookie } = await inRequest({ cookie }, (request, reply) => [
      cookies.find(request),
      cookies.ensure(request, reply),
    ]);
    expect(result).toEqual([known, known]);
    expect(setCookie).toEqual([]);
  });

  it.each([
    ['none', {}],
    ['one that it never gave', { cookie: `${NAME}=x` }],
    ['one with spare bits', { cookie: `${NAME}=${'A'.repeat(42)}B` }],
    ['two', { cookie: `${NAME}=${'A'.repeat(43)}; ${NAME}=${'A'.repeat(43)}` }],
    ['one without the prefix', { cookie: `keyward-browser=${'A'.repeat(43)}` }],
  ])('knows no browser with %s, and takes no form of it', async (_, headers) => {
    const { result, setCookie } = await inRequest(headers, (request, reply) => [
      cookies.find(request),
      cookies.isFormToken(request, CONTEXT, ''),
      cookies.ensure(request, reply) === cookies.find(request),
    ]);
    expect(result).toEqual([null, false, true]);
    expect(setCookie).toHaveLength(1);
  });

  it('takes a form of the page it made, from a browser that says where the form stood or not', async () => {
    const { cookie, token } = await newBrowser();
    expect(token).toMatch(/^[\w-]{43}$/);
    const honest: Record<string, string>[] = [
      {},
      { origin: ISSUER },
      { origin: ISSUER, 'sec-fetch-site': 'same-origin' },
      { 'sec-fetch-site': 'none' },
    ];
    for (const headers of honest) {
      expect(await isFormToken({ cookie, ...headers }, token)).toBe(true);
    }
  });

  it('refuses a form of another page, another browser, or without token', async () => {
    const { cookie, token } = await newBrowser();
    const other = await newBrowser();
    expect(await isFormToken({ cookie }, token, 'sign-in 2')).toBe(false);
    expect(await isFormToken({ cookie: other.cookie }, token)).toBe(false);
    expect(await isFormToken({ cookie }, other.token)).toBe(false);
    expect(await isFormToken({}, token)).toBe(false);
    expect(await isFormToken({ cookie }, null)).toBe(false);
    for (const wrong of ['', 'x', `${token}A`, token.slice(1), 'ä'.repeat(43)]) {
      expect(await isFormToken({ cookie }, wrong)).toBe(false);
    }
  });

  it.each([
    { origin: 'https://evil.example.com' },
    { origin: 'https://login.example.com.evil.com' },
    { origin: 'http://login.example.com' },
    { origin: 'https://login.example.com:8443' },
    { origin: 'null' },
    { origin: '' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { origin: ISSUER, 'sec-fetch-site': 'cross-site' },
    { origin: 'null', 'sec-fetch-site': 'same-origin' },
  ])('refuses the right token posted with %j', async (headers) => {
    const { cookie, token } = await newBrowser();
    expect(await isFormToken({ cookie, ...headers } as Record<string, string>, token)).toBe(false);
  });
});
