import { INTERACTION_SECONDS } from '../interaction/interaction.store.js';
import {
  AuthorizationEndpoint,
  type EndpointAnswer as Answer,
} from '../testing/authorization-endpoint.js';
import { ISSUER, parameters } from '../testing/authorization-endpoint.fixture.js';

const CALLBACK = 'https://web.example.com/callback';

describe('the authorization endpoint', () => {
  let endpoint: AuthorizationEndpoint;
  beforeEach(async () => {
    endpoint = await AuthorizationEndpoint.start();
  });
  afterEach(() => endpoint.stop());

  const locationOf = (answer: Answer) => new URL(String(answer.headers['location']), ISSUER);
  /** The parameters of the response that went to the client. */
  const responseOf = (answer: Answer) => {
    expect(answer.statusCode).toBe(303);
    const location = locationOf(answer);
    expect(`${location.origin}${location.pathname}`).toBe(CALLBACK);
    return Object.fromEntries(location.searchParams);
  };
  const pageOf = (answer: Answer) => {
    expect(answer.headers['location']).toBeUndefined();
    return { status: answer.statusCode, code: answer.json().page.code };
  };
  const interactionIdOf = (answer: Answer) => locationOf(answer).pathname.split('/')[2] ?? '';

  it('sends a code, the state and the issuer to the client', async () => {
    endpoint.signIn();
    const answer = await endpoint.authorize();
    expect(responseOf(answer)).toEqual({
      code: expect.stringMatching(/^[\w-]{43}$/),
      state: 'a state & more',
      iss: ISSUER,
    });
    expect(answer.headers).toMatchObject({
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
    });
    expect(endpoint.audit.events).toEqual([
      expect.objectContaining({
        type: 'authorization.granted',
        accountId: 'alice',
        clientId: 'web',
        sid: 'sid-of-alice',
        grantId: expect.any(String),
      }),
    ]);
  });

  it('posts the response where the client asks for a form', async () => {
    endpoint.signIn();
    const answer = await endpoint.authorize({ response_mode: 'form_post' });
    expect(answer.json().formPost).toMatchObject({
      redirectUri: CALLBACK,
      parameters: { code: expect.any(String), state: 'a state & more', iss: ISSUER },
    });
    const refused = await endpoint.authorize({ response_mode: 'form_post', scope: 'unknown' });
    expect(refused.json().formPost.parameters).toMatchObject({
      error: 'invalid_scope',
      iss: ISSUER,
    });
  });

  it('names itself in errors too, so that no client mixes two servers up', async () => {
    const response = responseOf(await endpoint.authorize({ response_type: 'token' }));
    expect(response).toEqual({
      error: 'unsupported_response_type',
      error_description: 'the response_type must be code',
      state: 'a state & more',
      iss: ISSUER,
    });
    expect(endpoint.audit.events).toMatchObject([
      { type: 'authorization.refused', outcome: 'failure', clientId: 'web' },
    ]);
  });

  it.each([
    ['no client_id', { client_id: null }],
    ['an unknown client', { client_id: 'nobody' }],
    ['a client id that no client can have', { client_id: 'a\u0000b' }],
    ['a disabled client', { client_id: 'disabled', redirect_uri: 'https://web.example.com/c' }],
    ['no redirect_uri', { redirect_uri: null }],
    ['a redirect_uri of nobody', { redirect_uri: 'https://evil.example/' }],
    ['javascript:', { redirect_uri: 'javascript:alert(1)' }],
    [
      'a redirect_uri of another client',
      { redirect_uri: 'https://pushing.example.com/callback?tenant=1' },
    ],
    ['an unknown pushed request', { request_uri: 'urn:ietf:params:oauth:request_uri:abc' }],
  ])('sends nobody anywhere for %s, and shows a page', async (_, change) => {
    endpoint.signIn();
    expect(pageOf(await endpoint.authorize(change)).status).toBe(400);
    expect(endpoint.audit.events).toMatchObject([{ type: 'authorization.refused' }]);
  });

  it.each(['client_id', 'redirect_uri'])('shows a page for a second %s', async (name) => {
    const again = String(parameters().get(name));
    const query = `${parameters().toString()}&${name}=${encodeURIComponent(again)}`;
    expect(pageOf(await endpoint.authorize(query))).toEqual({
      status: 400,
      code: 'invalid_request',
    });
  });

  it('shows a page for a query that is not well-formed', async () => {
    expect(pageOf(await endpoint.authorize('client_id=%zz')).status).toBe(400);
  });

  it('tells the client of a second parameter, and repeats no doubtful state', async () => {
    const nonce = await endpoint.authorize(`${parameters().toString()}&nonce=a&nonce=a`);
    expect(responseOf(nonce)).toMatchObject({ error: 'invalid_request', state: 'a state & more' });
    const state = responseOf(await endpoint.authorize(`${parameters().toString()}&state=b`));
    expect(state).toEqual({
      error: 'invalid_request',
      error_description: 'the parameter state must not be repeated',
      iss: ISSUER,
    });
  });

  it.each([
    ['request', 'eyJhbGciOiJub25lIn0.e30.', 'request_not_supported'],
    ['request_uri', 'https://evil.example/request.jwt', 'request_uri_not_supported'],
    ['code_challenge', '', 'invalid_request'],
    ['code_challenge_method', 'plain', 'invalid_request'],
  ])('refuses %s=%s', async (name, value, error) => {
    endpoint.signIn();
    expect(responseOf(await endpoint.authorize({ [name]: value }))).toMatchObject({ error });
  });

  it('keeps the query that the client registered', async () => {
    endpoint.signIn();
    const { request_uri } = (await endpoint.push()).json();
    const answer = await endpoint.authorize(
      new URLSearchParams({ client_id: 'pushing', request_uri }).toString(),
    );
    expect(String(answer.headers['location'])).toMatch(
      /^https:\/\/pushing\.example\.com\/callback\?tenant=1&code=[\w-]+&state=/,
    );
  });

  it('answers a posted request 303 to GET, with the same parameters and no others', async () => {
    endpoint.signIn();
    const form = `${parameters().toString()}&resource=urn%3Aa&resource=urn%3Ab&client_secret=x`;
    const answer = await endpoint.post('/oauth2/authorize', form);
    expect(answer.statusCode).toBe(303);
    expect([...locationOf(answer).searchParams].sort()).toEqual(
      [...parameters(), ['resource', 'urn:a'], ['resource', 'urn:b']].sort(),
    );
    expect(String(answer.headers['location'])).toMatch(/^\/oauth2\/authorize\?/);
  });

  it('has a posted request that fits no URL pushed', async () => {
    const form = parameters({ id_token_hint: 'a'.repeat(8000) }).toString();
    expect(pageOf(await endpoint.post('/oauth2/authorize', form)).status).toBe(400);
  });

  it('tells the client that it is down, where it is', async () => {
    endpoint.signIn();
    endpoint.singleUse.put = async () => Promise.reject(new Error('boom: secret detail'));
    expect(responseOf(await endpoint.authorize())).toMatchObject({
      error: 'server_error',
      error_description: 'an unexpected error',
    });
  });

  it('leaves silent requests without an answer to nobody', async () => {
    const response = responseOf(await endpoint.authorize({ prompt: 'none' }));
    expect(response).toMatchObject({ error: 'login_required', iss: ISSUER });
    expect(endpoint.interactions.size).toBe(0);
  });

  describe('with a page in between', () => {
    it('goes on where the person signed in, and answers once', async () => {
      const page = await endpoint.authorize();
      expect(locationOf(page).pathname).toMatch(/^\/interaction\/[\w-]{22}\/sign-in$/);
      const path = `/oauth2/authorize/${interactionIdOf(page)}`;
      expect(locationOf(await endpoint.get(path)).pathname).toBe(locationOf(page).pathname);
      endpoint.signIn('alice', 0);
      const answers = await Promise.all(Array.from({ length: 5 }, () => endpoint.get(path)));
      const responses = answers.filter(({ statusCode }) => statusCode === 303);
      expect(responses).toHaveLength(1);
      expect(responseOf(responses[0] as Answer)).toHaveProperty('code');
      expect(pageOf(await endpoint.get(path))).toEqual({
        status: 400,
        code: 'invalid_request_uri',
      });
    });

    it.each([
      ['another browser', '__Host-keyward-browser=' + 'A'.repeat(43)],
      ['a browser without cookie', ''],
    ])('does not go on in %s', async (_, cookie) => {
      const page = await endpoint.authorize();
      endpoint.signIn('alice', 0);
      const path = `/oauth2/authorize/${interactionIdOf(page)}`;
      expect(pageOf(await endpoint.get(path, cookie)).status).toBe(400);
      expect(responseOf(await endpoint.get(path))).toHaveProperty('code');
    });

    it.each(['x', 'A'.repeat(22), '%00', '..%2f'])('knows no interaction %s', async (id) => {
      expect(pageOf(await endpoint.get(`/oauth2/authorize/${id}`)).status).toBe(400);
    });

    it('has the person sign in again for prompt=login, and not a third time', async () => {
      endpoint.signIn('alice', 5);
      const page = await endpoint.authorize({ prompt: 'login' });
      const path = `/oauth2/authorize/${interactionIdOf(page)}`;
      expect(locationOf(await endpoint.get(path)).pathname).toMatch(/sign-in$/);
      endpoint.signIn('alice', 0);
      expect(responseOf(await endpoint.get(path))).toHaveProperty('code');
    });

    it('goes on where the person allowed it, and tells the client where they did not', async () => {
      endpoint.signIn();
      for (const allowed of [true, false]) {
        const page = await endpoint.authorize({ prompt: 'consent' });
        expect(locationOf(page).pathname).toMatch(/consent$/);
        const id = interactionIdOf(page);
        const interaction = await endpoint.interactions.find(id);
        if (interaction === null) throw new Error('there is no interaction');
        await endpoint.interactions.save({
          ...interaction,
          consent: { accountId: 'alice', allowed },
        });
        const response = responseOf(await endpoint.get(`/oauth2/authorize/${id}`));
        expect(response).toHaveProperty(allowed ? 'code' : 'error');
        expect(await endpoint.interactions.find(id)).toBeNull();
      }
    });
  });

  describe('with pushed requests', () => {
    const start = (requestUri: string, clientId = 'pushing', more = {}) =>
      endpoint.authorize(
        new URLSearchParams({ client_id: clientId, request_uri: requestUri, ...more }).toString(),
      );
    const pushed = async (change = {}) => (await endpoint.push(change)).json().request_uri;

    it('takes a request that its client pushed, and nothing that stands beside it', async () => {
      endpoint.signIn();
      const answer = await endpoint.push({ scope: 'openid orders:read' });
      expect(answer.statusCode).toBe(201);
      expect(answer.headers['cache-control']).toBe('no-store');
      expect(answer.json()).toEqual({
        request_uri: expect.stringMatching(/^urn:ietf:params:oauth:request_uri:[\w-]{43}$/),
        expires_in: 90,
      });
      const more = { scope: 'email', redirect_uri: 'https://evil.example', state: 'evil' };
      const response = locationOf(await start(answer.json().request_uri, 'pushing', more));
      expect(response.host).toBe('pushing.example.com');
      expect(response.searchParams.get('state')).toBe('a state & more');
      expect(endpoint.audit.events.at(-1)?.detail).toMatchObject({ scope: 'openid orders:read' });
    });

    it('answers a pushed request once, however often its page was loaded', async () => {
      const requestUri = await pushed();
      const first = await start(requestUri);
      const second = await start(requestUri);
      endpoint.signIn('alice', 0);
      const path = (answer: Answer) => `/oauth2/authorize/${interactionIdOf(answer)}`;
      expect(locationOf(await endpoint.get(path(second))).searchParams.has('code')).toBe(true);
      expect(pageOf(await endpoint.get(path(first))).code).toBe('invalid_request_uri');
      expect(pageOf(await start(requestUri)).code).toBe('invalid_request_uri');
    });

    it('uses a pushed request up by an error too', async () => {
      const requestUri = await pushed({ prompt: 'none' });
      expect(locationOf(await start(requestUri)).searchParams.get('error')).toBe('login_required');
      expect(pageOf(await start(requestUri)).code).toBe('invalid_request_uri');
    });

    it('gives a pushed request to no other client', async () => {
      endpoint.signIn();
      const requestUri = await pushed();
      expect(pageOf(await start(requestUri, 'web')).code).toBe('invalid_request_uri');
      expect(locationOf(await start(requestUri)).searchParams.has('code')).toBe(true);
    });

    it('gives a person time who began within 90 seconds, and nobody else', async () => {
      const now = Date.now();
      const requestUri = await pushed();
      const realNow = Date.now;
      try {
        Date.now = () => now + 80_000;
        const page = await start(requestUri);
        Date.now = () => now + 100_000;
        expect(pageOf(await start(requestUri)).code).toBe('invalid_request_uri');
        Date.now = () => now + INTERACTION_SECONDS * 1000;
        endpoint.signIn('alice', 0);
        const response = locationOf(
          await endpoint.get(`/oauth2/authorize/${interactionIdOf(page)}`),
        );
        expect(response.searchParams.has('code')).toBe(true);
      } finally {
        Date.now = realNow;
      }
    });

    it('wants a client that has to push to do so', async () => {
      const query = parameters({
        client_id: 'pushing',
        redirect_uri: 'https://pushing.example.com/callback?tenant=1',
      });
      const response = locationOf(await endpoint.authorize(query.toString()));
      expect(response.searchParams.get('error')).toBe('invalid_request');
    });

    it.each([
      ['a wrong secret', {}, 'wrong', 401, 'invalid_client'],
      ['another client_id', { client_id: 'web' }, 'secret', 400, 'invalid_request'],
      [
        'a request_uri',
        { request_uri: 'urn:ietf:params:oauth:request_uri:a' },
        'secret',
        400,
        'invalid_request',
      ],
      [
        'a redirect_uri of another client',
        { redirect_uri: CALLBACK },
        'secret',
        400,
        'invalid_request',
      ],
      [
        'a wrong response_type',
        { response_type: 'token' },
        'secret',
        400,
        'unsupported_response_type',
      ],
      ['no challenge', { code_challenge: null }, 'secret', 400, 'invalid_request'],
      ['a request object', { request: 'a.b.c' }, 'secret', 400, 'request_not_supported'],
    ])('refuses to take one with %s', async (_, change, secret, status, error) => {
      const answer = await endpoint.push(change, 'pushing', secret);
      expect(answer.statusCode).toBe(status);
      expect(answer.json()).toMatchObject({ error });
    });
  });
});
