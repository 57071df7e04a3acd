import { InvalidScopeError, InvalidTargetError } from '@keyward/oauth';
import { FormParameters } from '../../http/form.parser.js';
import { clientFixture } from '../../testing/client.fixture.js';
import { parseAuthorizationParameters } from '../authorization-parameters.parser.js';
import { type CheckServices, type CheckSubject } from './authorization.check.js';
import { AUTHORIZATION_CHECKS, checkAuthorizationRequest } from './authorization.checks.js';

const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';
const client = clientFixture({ clientId: 'web', grantTypes: ['authorization_code'] });

const services: CheckServices = {
  targets: {
    resolve: async (_, { scope, resources }) => {
      if (scope?.includes('unknown')) throw new InvalidScopeError('unknown');
      if (resources.includes('urn:unknown')) throw new InvalidTargetError('unknown');
      return { scope: scope ?? ['default'], resources };
    },
  },
  details: {
    resolve: async (_, text) =>
      text === null
        ? { authorizationDetails: [], resources: [] }
        : { authorizationDetails: [{ type: text }], resources: ['urn:details'] },
    resolveTarget: async (_, request, { resources }, resolveScope) => {
      const target = await resolveScope(request);
      return { ...target, resources: [...target.resources, ...resources] };
    },
  },
  idTokens: {
    verifyHint: async (idToken) =>
      idToken.startsWith('for-')
        ? { subject: 'alice', clientId: idToken.slice('for-'.length), sid: null }
        : null,
  },
};

const GOOD = {
  response_type: 'code',
  scope: 'openid',
  code_challenge: CHALLENGE,
  code_challenge_method: 'S256',
};

/** A good request with these parameters changed, added, or by null left out. */
function check(
  change: Record<string, string | null> | string = {},
  subject: Partial<CheckSubject> = {},
) {
  const query =
    typeof change === 'string'
      ? `${new URLSearchParams(GOOD).toString()}&${change}`
      : new URLSearchParams(
          Object.entries({ ...GOOD, ...change }).filter(
            (entry): entry is [string, string] => entry[1] !== null,
          ),
        ).toString();
  const redirectUri = 'https://web.example.com/callback';
  return checkAuthorizationRequest(
    {
      parameters: parseAuthorizationParameters(FormParameters.parse(query)),
      client,
      redirectUri,
      pushed: false,
      provenJkt: null,
      ...subject,
    },
    services,
  );
}
const refusal = async (...args: Parameters<typeof check>) => {
  try {
    await check(...args);
  } catch (error) {
    return (error as { code?: string }).code;
  }
  return 'accepted';
};

describe('checkAuthorizationRequest', () => {
  it('makes a request of the least that a client may send', async () => {
    expect(await check()).toEqual({
      clientId: 'web',
      redirectUri: 'https://web.example.com/callback',
      authorizationDetails: [],
      responseMode: 'query',
      scope: ['openid'],
      resources: [],
      state: null,
      nonce: null,
      codeChallenge: CHALLENGE,
      dpopJkt: null,
      prompt: [],
      maxAgeSeconds: null,
      loginHint: null,
      acrValues: [],
      hintedSubject: null,
      requestUri: null,
    });
  });

  it('reads everything that a client may send, and ignores what it does not know', async () => {
    expect(
      await check(
        'state=a%26b&nonce=n&prompt=consent+login&max_age=0&login_hint=alice&acr_values=urn:a++urn:b+urn:a' +
          '&id_token_hint=for-web&response_mode=form_post&resource=urn:a&resource=urn:b&resource=urn:a' +
          '&display=page&ui_locales=de&claims=%7B%7D&unknown=1&unknown=2&login_hints=1',
      ),
    ).toMatchObject({
      state: 'a&b',
      nonce: 'n',
      prompt: ['login', 'consent'],
      maxAgeSeconds: 0,
      loginHint: 'alice',
      acrValues: ['urn:a', 'urn:b'],
      hintedSubject: 'alice',
      responseMode: 'form_post',
      resources: ['urn:a', 'urn:b'],
    });
  });

  it.each([
    ['no response_type', { response_type: null }, 'invalid_request'],
    [
      'a response_type never registered',
      { response_type: 'unheard-of' },
      'unsupported_response_type',
    ],
    ['response_type token', { response_type: 'token' }, 'unsupported_response_type'],
    ['response_type id_token', { response_type: 'id_token' }, 'unsupported_response_type'],
    ['a hybrid response_type', { response_type: 'code id_token' }, 'unsupported_response_type'],
    ['response_type none', { response_type: 'none' }, 'unsupported_response_type'],
    ['response_type Code', { response_type: 'Code' }, 'unsupported_response_type'],
    ['response_mode fragment', { response_mode: 'fragment' }, 'invalid_request'],
    ['response_mode web_message', { response_mode: 'web_message' }, 'invalid_request'],
    ['no code_challenge', { code_challenge: null }, 'invalid_request'],
    ['plain', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['no code_challenge_method', { code_challenge_method: null }, 'invalid_request'],
    ['s256', { code_challenge_method: 's256' }, 'invalid_request'],
    ['a challenge of 42', { code_challenge: CHALLENGE.slice(1) }, 'invalid_request'],
    ['a challenge of 44', { code_challenge: `${CHALLENGE}A` }, 'invalid_request'],
    ['a padded challenge', { code_challenge: `${CHALLENGE}=` }, 'invalid_request'],
    ['a base64 challenge', { code_challenge: CHALLENGE.replace('-', '+') }, 'invalid_request'],
    ['spare bits', { code_challenge: CHALLENGE.replace(/M$/, 'N') }, 'invalid_request'],
    ['a malformed scope', { scope: 'openid  email' }, 'invalid_scope'],
    ['an unknown scope', { scope: 'openid unknown' }, 'invalid_scope'],
    ['too long a scope', { scope: 'a'.repeat(4097) }, 'invalid_request'],
    ['a resource without scheme', { resource: 'orders' }, 'invalid_target'],
    ['a resource with a fragment', { resource: 'https://a/#b' }, 'invalid_target'],
    ['an unknown resource', { resource: 'urn:unknown' }, 'invalid_target'],
    ['an unknown prompt', { prompt: 'create' }, 'invalid_request'],
    ['prompt none beside login', { prompt: 'none login' }, 'invalid_request'],
    ['a doubled space in prompt', { prompt: 'login  consent' }, 'invalid_request'],
    ['a negative max_age', { max_age: '-1' }, 'invalid_request'],
    ['a fractional max_age', { max_age: '1.5' }, 'invalid_request'],
    ['a max_age in words', { max_age: 'soon' }, 'invalid_request'],
    ['an endless max_age', { max_age: '9999999999' }, 'invalid_request'],
    [
      '17 acr_values',
      { acr_values: Array.from({ length: 17 }, (_, i) => i).join(' ') },
      'invalid_request',
    ],
    ['a foreign id_token_hint', { id_token_hint: 'garbage' }, 'invalid_request'],
    ['an id_token_hint of another client', { id_token_hint: 'for-spa' }, 'invalid_request'],
    ['too long a state', { state: 'a'.repeat(2049) }, 'invalid_request'],
    ['too long a nonce', { nonce: 'a'.repeat(513) }, 'invalid_request'],
    ['too long a login_hint', { login_hint: 'a'.repeat(321) }, 'invalid_request'],
    ['a request object', { request: 'eyJhbGciOiJub25lIn0.e30.' }, 'request_not_supported'],
    [
      'a request_uri of a stranger',
      { request_uri: 'https://evil.example/r.jwt' },
      'request_uri_not_supported',
    ],
    ['a registration', { registration: '{}' }, 'registration_not_supported'],
  ])('refuses %s', async (_, change, code) => {
    expect(await refusal(change)).toBe(code);
  });

  it.each([
    'response_type',
    'scope',
    'code_challenge',
    'code_challenge_method',
    'state',
    'nonce',
    'prompt',
    'max_age',
    'login_hint',
    'acr_values',
    'id_token_hint',
    'response_mode',
    'request',
    'request_uri',
    'registration',
  ])('refuses a second %s, even with the same value', async (name) => {
    const value = (GOOD as Record<string, string>)[name] ?? 'x';
    const others = new URLSearchParams(GOOD);
    others.delete(name);
    const query = `${others.toString()}&${name}=${value}&${name}=${value}`;
    expect(() => parseAuthorizationParameters(FormParameters.parse(query))).toThrow(
      `the parameter ${name} must not be repeated`,
    );
  });

  it('refuses a client that is not registered for codes', async () => {
    expect(await refusal({}, { client: { ...client, grantTypes: ['client_credentials'] } })).toBe(
      'unauthorized_client',
    );
  });

  it('refuses a request that its client had to push, and takes it pushed', async () => {
    const pushing = { ...client, requirePushedRequests: true };
    expect(await refusal({}, { client: pushing })).toBe('invalid_request');
    expect(await refusal({}, { client: pushing, pushed: true })).toBe('accepted');
  });

  it('refuses a request_uri in a pushed request', async () => {
    const requestUri = 'urn:ietf:params:oauth:request_uri:abc';
    expect(await refusal({ request_uri: requestUri }, { pushed: true })).toBe('invalid_request');
  });

  it('posts no form to what is no web address', async () => {
    const redirectUri = 'com.example.app:/callback';
    expect(await refusal({ response_mode: 'form_post' }, { redirectUri })).toBe('invalid_request');
  });

  it('has each check once', () => {
    expect(new Set(AUTHORIZATION_CHECKS).size).toBe(AUTHORIZATION_CHECKS.length);
  });

  it('binds the code to the key that the parameter names, or that a pushed request proves', async () => {
    const [named, proven] = [CHALLENGE, `${CHALLENGE.slice(0, -1)}8`];
    const dpopJkt = async (...args: Parameters<typeof check>) => (await check(...args)).dpopJkt;
    expect(await dpopJkt({ dpop_jkt: named })).toBe(named);
    expect(await dpopJkt({}, { provenJkt: proven })).toBe(proven);
    expect(await dpopJkt({ dpop_jkt: named }, { provenJkt: named })).toBe(named);
    expect(await refusal({ dpop_jkt: named }, { provenJkt: proven })).toBe('invalid_dpop_proof');
  });

  it.each(['x', `${CHALLENGE}=`, `${CHALLENGE.slice(0, -1)}N`, CHALLENGE.slice(1)])(
    'refuses a dpop_jkt that is no thumbprint: %s',
    async (dpop_jkt) => {
      expect(await refusal({ dpop_jkt })).toBe('invalid_request');
    },
  );
});
