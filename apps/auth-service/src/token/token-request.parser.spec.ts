import { InvalidRequestError, InvalidScopeError, InvalidTargetError } from '@keyward/oauth';
import { FormParameters } from '../http/form.parser.js';
import { parseTokenRequest } from './token-request.parser.js';
import { ORIGIN } from '../testing/request-origin.fixture.js';

const parse = (body: string) => parseTokenRequest(FormParameters.parse(body), ORIGIN);

describe('parseTokenRequest', () => {
  it('reads grant type, scope and resources', () => {
    expect(parse('grant_type=g&scope=a+b+a&resource=urn:a&resource=https://b/c?d')).toMatchObject({
      grantType: 'g',
      scope: ['a', 'b'],
      resources: ['urn:a', 'https://b/c?d'],
    });
  });

  it('leaves to the server what is omitted', () => {
    expect(parse('grant_type=g&scope=&resource=')).toMatchObject({
      grantType: 'g',
      scope: null,
      resources: [],
    });
  });

  it.each([
    ['scope=a', InvalidRequestError],
    ['grant_type=g&grant_type=g', InvalidRequestError],
    ['grant_type=g&scope=a&scope=b', InvalidRequestError],
    ['grant_type=g&scope=+a', InvalidScopeError],
    ['grant_type=g&scope=%0a', InvalidScopeError],
    [`grant_type=g&scope=${'a'.repeat(4097)}`, InvalidScopeError],
    ['grant_type=g&resource=a', InvalidTargetError],
    ['grant_type=g&resource=/a', InvalidTargetError],
    ['grant_type=g&resource=urn:a%23', InvalidTargetError],
    [
      `grant_type=g${Array.from({ length: 17 }, (_, i) => `&resource=urn:${i}`).join('')}`,
      InvalidTargetError,
    ],
  ])('refuses %.60s', (body, expected) => {
    expect(() => parse(body)).toThrow(expected);
  });

  it('takes a scope of 4096 characters', () => {
    expect(parse(`grant_type=g&scope=${'a'.repeat(4096)}`).scope).toHaveLength(1);
  });
});
