import { type FastifyRequest, fastify } from 'fastify';
import { clearCookie, type Cookie, hostCookie, readCookie, writeCookie } from './cookie.js';

const COOKIE = hostCookie('keyward-test', { issuer: 'https://login.example.com' });
const NAME = '__Host-keyward-test';

describe('hostCookie', () => {
  it('is bound to the host, out of reach of scripts and of plain http, and Lax', () => {
    expect(COOKIE).toEqual({ name: NAME, attributes: 'Path=/; HttpOnly; Secure; SameSite=Lax' });
  });

  it('has neither prefix nor Secure for an http issuer, whose browsers would drop it', () => {
    expect(hostCookie('keyward-test', { issuer: 'http://127.0.0.1:4000' })).toEqual({
      name: 'keyward-test',
      attributes: 'Path=/; HttpOnly; SameSite=Lax',
    });
  });
});

describe('readCookie', () => {
  const read = (cookie: string | undefined) =>
    readCookie({ headers: { cookie } } as FastifyRequest, COOKIE);

  it.each([
    [`${NAME}=abc`, 'abc'],
    [`a=b; ${NAME}=abc; c=d`, 'abc'],
    [`a=b;${NAME}=abc;c=d`, 'abc'],
    [`${NAME}=a=b`, 'a=b'],
    [`x${NAME}=no; ${NAME}=abc`, 'abc'],
  ])('finds in %p the value %p', (header, value) => {
    expect(read(header)).toBe(value);
  });

  it.each([
    [undefined],
    [''],
    [NAME],
    [`${NAME}=`],
    [`keyward-test=abc`],
    [`${NAME.toLowerCase()}=abc`],
    [`${NAME}x=abc`],
    [`a=${NAME}=abc`],
    [`${NAME}=abc; ${NAME}=def`],
    [`${NAME}=abc; ${NAME}=abc`],
    [`${NAME}=abc; ${NAME}=`],
    [';;; ; =; ='],
  ])('believes nothing in %p', (header) => {
    expect(read(header)).toBeNull();
  });
});

describe('writeCookie and clearCookie', () => {
  const other: Cookie = { name: 'other', attributes: 'Path=/' };

  async function headersOf(act: (reply: Parameters<typeof writeCookie>[0]) => void) {
    const server = fastify();
    server.get('/', (_request, reply) => {
      act(reply);
      return reply.send('');
    });
    const response = await fetch(await server.listen({ host: '127.0.0.1', port: 0 }));
    await server.close();
    expect(response.status).toBe(200);
    return response.headers.getSetCookie();
  }

  it('sends the attributes to the letter', async () => {
    expect(await headersOf((reply) => writeCookie(reply, COOKIE, 'abc'))).toEqual([
      `${NAME}=abc; Path=/; HttpOnly; Secure; SameSite=Lax`,
    ]);
    expect(await headersOf((reply) => clearCookie(reply, COOKIE))).toEqual([
      `${NAME}=; Path=/; HttpOnly; Secure; SameSite=Lax; Max-Age=0`,
    ]);
  });

  it('says one thing about a cookie, the last one, and leaves others alone', async () => {
    const lines = await headersOf((reply) => {
      writeCookie(reply, COOKIE, 'first');
      writeCookie(reply, other, 'x');
      clearCookie(reply, COOKIE);
      writeCookie(reply, COOKIE, 'last');
    });
    expect(lines).toEqual(['other=x; Path=/', `${NAME}=last; ${COOKIE.attributes}`]);
  });

  it.each(['a;b', 'a b', 'a\r\nset-cookie: x=y', 'ä', ''])('does not write %p', async (value) => {
    await headersOf((reply) => {
      expect(() => writeCookie(reply, COOKIE, value)).toThrow(TypeError);
    });
  });
});
