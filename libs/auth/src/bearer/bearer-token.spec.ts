/** Which requests carry a token, which carry none, and which are malformed. */
import { extractBearerToken, MalformedRequestError, type HttpRequest } from './bearer-token.js';

const TOKEN = 'eyJhbGciOiJFUzI1NiJ9.e30.c2ln';

function request(authorization?: unknown, parts: Partial<HttpRequest> = {}): HttpRequest {
  const headers = authorization === undefined ? {} : { authorization };
  return { headers: headers as HttpRequest['headers'], ...parts };
}

function outcome(of: HttpRequest): string | undefined {
  try {
    return extractBearerToken(of);
  } catch (error) {
    if (!(error instanceof MalformedRequestError)) throw error;
    return `! ${error.reason}`;
  }
}

describe('extractBearerToken', () => {
  it.each([
    ['Bearer', `Bearer ${TOKEN}`],
    ['the scheme in lower case', `bearer ${TOKEN}`],
    ['the scheme in capitals', `BEARER ${TOKEN}`],
    ['several spaces', `Bearer    ${TOKEN}`],
  ])('finds the token after %s', (_, header) => {
    expect(outcome(request(header))).toBe(TOKEN);
  });

  it.each(['abc', 'a-._~+/b', 'abc=', 'abc=='])('takes the b64token %s as it is', (token) => {
    expect(outcome(request(`Bearer ${token}`))).toBe(token);
  });

  it.each([
    ['no header', undefined],
    ['Basic', 'Basic YTpi'],
    ['DPoP', `DPoP ${TOKEN}`],
    ['a scheme that only starts like it', `BearerX ${TOKEN}`],
    ['a scheme with a hyphen', `Bearer-Token ${TOKEN}`],
    ['a bare token', TOKEN],
    ['an empty header', ''],
    ['a space before the scheme', ` Bearer ${TOKEN}`],
  ])('finds none for %s', (_, header) => {
    expect(outcome(request(header))).toBeUndefined();
  });

  it.each([
    ['no token', 'Bearer'],
    ['only a space', 'Bearer '],
    ['a tab', `Bearer\t${TOKEN}`],
    ['a space and a tab', `Bearer \t${TOKEN}`],
    ['a trailing space', `Bearer ${TOKEN} `],
    ['a trailing tab', `Bearer ${TOKEN}\t`],
    ['a trailing line feed', `Bearer ${TOKEN}\n`],
    ['two tokens', `Bearer ${TOKEN} ${TOKEN}`],
    ['two tokens with a comma', `Bearer ${TOKEN}, Bearer ${TOKEN}`],
    ['a comma', `Bearer ${TOKEN},`],
    ['a comma in place of the space', `Bearer,${TOKEN}`],
    ['an equals sign in front', `Bearer =${TOKEN}`],
    ['an equals sign inside', 'Bearer a=b'],
    ['quotes', `Bearer "${TOKEN}"`],
    ['a parameter', `Bearer token="${TOKEN}"`],
    ['a colon', `Bearer: ${TOKEN}`],
    ['a no-break space', `Bearer\u00a0${TOKEN}`],
    ['characters beyond ASCII', 'Bearer tökén'],
    ['a zero byte', `Bearer ${TOKEN}\0`],
  ])('calls %s malformed', (_, header) => {
    expect(outcome(request(header))).toBe('! malformed_authorization');
  });

  const twice = ['Authorization', `Bearer ${TOKEN}`, 'Host', 'x', 'AUTHORIZATION', 'Basic YTpi'];

  it.each<[string, HttpRequest]>([
    ['two headers, as Node lists them', request(`Bearer ${TOKEN}`, { rawHeaders: twice })],
    [
      'two headers, as Fastify keeps them',
      request(`Bearer ${TOKEN}`, { raw: { rawHeaders: twice } }),
    ],
    [
      'two headers, the first of another scheme',
      request('Basic YTpi', { rawHeaders: [...twice.slice(4), ...twice] }),
    ],
    ['a list of headers', request([`Bearer ${TOKEN}`])],
    ['a token in the body too', request(`Bearer ${TOKEN}`, { body: { access_token: TOKEN } })],
    ['a token of nothing in the body', request(`Bearer ${TOKEN}`, { body: { access_token: '' } })],
    [
      'a token in the query too',
      request(`Bearer ${TOKEN}`, { query: { access_token: TOKEN }, url: '/?access_token=x' }),
    ],
    ['several in the query', request(`Bearer ${TOKEN}`, { query: { access_token: ['a', 'b'] } })],
  ])('calls %s more than one token', (_, malformed) => {
    expect(outcome(malformed)).toBe('! more_than_one_token');
  });

  it.each<[string, Partial<HttpRequest>]>([
    ['body', { body: { access_token: TOKEN } }],
    ['query', { query: { access_token: TOKEN }, url: `/?access_token=${TOKEN}` }],
  ])('never takes a token from the %s alone', (_, parts) => {
    expect(outcome(request(undefined, parts))).toBeUndefined();
  });

  it.each<[string, Partial<HttpRequest>]>([
    [
      'other members',
      { body: { token: 'x' }, query: { q: 'access_token' }, url: '/?q=access_token' },
    ],
    ['a body of text', { body: 'access_token=x' }],
    ['a body that is null', { body: null }],
    ['a body that inherits the name', { body: Object.create({ access_token: 'x' }) as object }],
    [
      'a value that reads like a header',
      { rawHeaders: ['X-Note', 'authorization', 'authorization', 'Bearer x'] },
    ],
  ])('is not misled by %s', (_, parts) => {
    expect(outcome(request(`Bearer ${TOKEN}`, parts))).toBe(TOKEN);
  });

  it('says nothing of the token in its errors', () => {
    for (const header of [`Bearer ${TOKEN} `, [`Bearer ${TOKEN}`]]) {
      expect(() => extractBearerToken(request(header))).not.toThrow(TOKEN);
    }
  });

  it('takes a header of a megabyte to an answer: no pattern in it backtracks', () => {
    for (const filling of [' ', '=', 'a', 'a=', '\t']) {
      const header = `Bearer ${filling.repeat(1_000_000 / filling.length)}!`;
      expect(outcome(request(header))).toBe('! malformed_authorization');
    }
  });
});
