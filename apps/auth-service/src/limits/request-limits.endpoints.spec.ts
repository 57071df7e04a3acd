import { type TokenResponse } from '@keyward/oauth';
import { CodeFlow } from '../testing/code-flow.js';
import { basic, TestApplication } from '../testing/test-application.js';
import { REQUEST_LIMIT_NAMES, type RequestLimitName } from './request-limit.names.js';

const BURST = 3;

describe('each limit on requests', () => {
  let server: TestApplication;
  let userinfoToken: string;
  beforeAll(async () => {
    const limits = REQUEST_LIMIT_NAMES.map((name) => [`AUTH_LIMIT_${name.toUpperCase()}`, 'off']);
    const limited: RequestLimitName[] = [
      ...(['device', 'introspection', 'registration', 'revocation', 'userinfo'] as const),
    ];
    server = await TestApplication.start({
      environment: {
        ...Object.fromEntries(limits),
        ...Object.fromEntries(
          limited.map((name) => [`AUTH_LIMIT_${name.toUpperCase()}`, `1/h burst ${BURST}`]),
        ),
        AUTH_DYNAMIC_REGISTRATION: 'token',
      },
    });
    const flow = new CodeFlow(server);
    const response = await flow.redeem(await flow.code({ scope: 'openid' }));
    ({ access_token: userinfoToken } = (await response.json()) as TokenResponse);
  });
  afterAll(() => server.stop());

  it.each<[RequestLimitName, string, () => Promise<Response>]>([
    ['device', '/oauth2/device_authorization', () => post('/oauth2/device_authorization')],
    ['revocation', '/oauth2/revoke?…', () => post(`/oauth2/revoke?${Math.random()}`)],
    ['introspection', 'a path that is spelt otherwise', () => post('/oauth2/%69ntrospect')],
    ['registration', '/oauth2/register', () => post('/oauth2/register')],
    [
      'userinfo',
      '/oauth2/userinfo',
      () =>
        fetch(server.url('/oauth2/userinfo'), {
          headers: { authorization: `Bearer ${userinfoToken}` },
        }),
    ],
  ])('%s refuses the request after its burst at %s', async (name, _path, ask) => {
    for (let i = 0; i < BURST; i += 1) expect((await ask()).status).not.toBe(429);
    const refused = await ask();
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
    expect(refused.headers.get('ratelimit-policy')).toMatch(`"${name}";q=${BURST}`);
  });

  const post = (path: string) => server.post(path, 'x=y', basic('web'));
});
