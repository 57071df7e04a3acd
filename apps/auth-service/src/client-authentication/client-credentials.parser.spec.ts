import { InvalidClientError, InvalidRequestError } from '@keyward/oauth';
import { type FastifyRequest } from 'fastify';
import { FormParameters } from '../http/form.parser.js';
import { JWT_BEARER_ASSERTION, parseClientCredentials } from './client-credentials.parser.js';

function parse(authorization: readonly string[], body = '') {
  const rawHeaders = ['host', 'a', ...authorization.flatMap((value) => ['Authorization', value])];
  const headers = { authorization: authorization[0] };
  const request = { headers, raw: { rawHeaders } } as unknown as FastifyRequest;
  return parseClientCredentials(request, FormParameters.parse(body));
}

const encode = (text: string) => Buffer.from(text).toString('base64');

const ASSERTION_TYPE = encodeURIComponent(JWT_BEARER_ASSERTION);

function asserted(sub: string): string {
  const [header, payload] = [{ alg: 'ES256' }, { sub }].map((part) =>
    Buffer.from(JSON.stringify(part)).toString('base64url'),
  );
  return `client_assertion=${header}.${payload}.AAAA&client_assertion_type=${ASSERTION_TYPE}`;
}

describe('parseClientCredentials', () => {
  it.each([
    ['Basic', 'shop', 'secret', 'shop:secret'],
    ['basic', 'shop', 'secret', 'shop:secret'],
    ['BASIC ', 'shop', 'a:b:c', 'shop:a:b:c'],
    ['Basic', 'a:b', 'c d+e%', 'a%3Ab:c+d%2Be%25'],
    ['Basic', 'käse', '', 'k%C3%A4se:'],
  ])('reads %s credentials of %s with the secret %p', (scheme, clientId, clientSecret, text) => {
    expect(parse([`${scheme} ${encode(text)}`])).toEqual({
      clientId,
      clientSecret,
      method: 'client_secret_basic',
    });
  });

  it('reads posted credentials', () => {
    expect(parse([], 'client_id=shop&client_secret=a%2Bb')).toEqual({
      clientId: 'shop',
      clientSecret: 'a+b',
      method: 'client_secret_post',
    });
  });

  it.each(['client_id=a', 'client_id=a&client_secret='])('takes %s for a public client', (body) => {
    expect(parse([], body)).toEqual({ method: 'none', clientId: 'a' });
  });

  it.each(['', '&client_id=shop'])('reads whom an assertion claims to be from (%s)', (more) => {
    expect(parse([], `${asserted('shop')}${more}`)).toEqual({
      method: 'private_key_jwt',
      clientId: 'shop',
      assertion: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
    });
  });

  it.each(['x', 'a.b.c', 'e30.e30.e30', `e30.${'A'.repeat(9000)}.e30`])(
    'takes the assertion %.20s for nobody’s',
    (assertion) => {
      const body = `client_assertion=${assertion}&client_assertion_type=${ASSERTION_TYPE}`;
      expect(parse([], body).clientId).toBe('');
    },
  );

  it('accepts the same client_id beside Basic', () => {
    expect(parse([`Basic ${encode('shop:s')}`], 'client_id=shop').clientId).toBe('shop');
  });

  const BASIC = `Basic ${encode('shop:s')}`;
  it.each([
    ['two headers', [BASIC, BASIC], ''],
    ['another client_id', [BASIC], 'client_id=other'],
    ['a posted secret beside Basic', [BASIC], 'client_id=shop&client_secret=s'],
    ['an assertion beside Basic', [BASIC], 'client_assertion=x'],
    ['a posted secret beside an assertion', [], 'client_id=a&client_secret=s&client_assertion=x'],
    ['a secret without a client_id', [], 'client_secret=s'],
    ['an assertion without its type', [], 'client_id=a&client_assertion=x'],
    ['a type without its assertion', [], `client_id=a&client_assertion_type=${ASSERTION_TYPE}`],
    ['a type beside Basic', [BASIC], `client_assertion_type=${ASSERTION_TYPE}`],
    ['an assertion twice', [], `client_assertion=x&${asserted('shop')}`],
    ['another client_id than the assertion names', [], `client_id=other&${asserted('shop')}`],
    ['a repeated secret', [], 'client_id=a&client_secret=s&client_secret=s'],
  ])('calls %s an invalid request', (_, headers, body) => {
    expect(() => parse(headers, body)).toThrow(InvalidRequestError);
  });

  it.each([
    ['nothing', [], ''],
    ['an empty client_id', [], 'client_id='],
    ['an assertion of another type', [], 'client_assertion=x&client_assertion_type=saml2-bearer'],
    ['Bearer', ['Bearer abc'], ''],
    ['an empty header', [''], ''],
    ['no credentials after the scheme', ['Basic'], ''],
    ['two credentials', [`${BASIC} ${encode('a:b')}`], ''],
    ['a comma list', [`${BASIC}, ${BASIC}`], ''],
    ['no colon', [`Basic ${encode('shop')}`], ''],
    ['a stray percent sign', [`Basic ${encode('shop:100%')}`], ''],
    ['octets that are not UTF-8', ['Basic //86eA=='], ''],
  ])('fails for %s, with one description', (_, headers, body) => {
    expect(() => parse(headers, body)).toThrow(InvalidClientError);
    try {
      parse(headers, body);
    } catch (error) {
      expect((error as InvalidClientError).description).toBe('client authentication failed');
    }
  });
});
