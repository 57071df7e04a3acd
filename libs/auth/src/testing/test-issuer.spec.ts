import { Controller, Get, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Authenticated, AuthModule, Scopes } from '../index.js';
import { describeResourceServer, HandlerCalls, TestIssuer } from '../testing.js';

@Controller()
class DocumentsController {
  @Get('documents')
  @Scopes('documents:read', 'documents:list')
  list(): object {
    return {};
  }

  @Get('me')
  @Authenticated()
  me(): object {
    return {};
  }
}

describe('TestIssuer', () => {
  const calls = new HandlerCalls();
  let issuer: TestIssuer;
  let app: INestApplication;

  beforeAll(async () => {
    issuer = await TestIssuer.start();
    const auth = AuthModule.forRoot({ trusts: [issuer.trust()], clock: issuer.clock.now });
    const root = { module: class Root {}, imports: [auth], controllers: [DocumentsController] };
    app = await NestFactory.create(root, { logger: false });
    app.useGlobalInterceptors(calls);
    await app.listen(0, '127.0.0.1');
  });

  afterEach(() => issuer.clock.reset());

  afterAll(async () => {
    await app.close();
    await issuer.stop();
  });

  async function ask(token: string): Promise<number> {
    const headers = { authorization: `Bearer ${token}` };
    return (await fetch(`${await app.getUrl()}/me`, { headers })).status;
  }

  it('moves its clock and with it that of the application', async () => {
    const token = issuer.token();
    expect(await ask(token)).toBe(200);
    issuer.clock.advanceSeconds(310);
    expect(await ask(token)).toBe(401);
    expect(await ask(issuer.token())).toBe(200);
  });

  it('revokes by whatever a feed names', async () => {
    const [one, two, other] = ['g1', 'g1', 'g2'].map((grant_id) => issuer.token({ grant_id }));
    expect(await ask(one ?? '')).toBe(200);
    await issuer.revoke({ kind: 'grant', value: 'g1' });
    expect(await Promise.all([one, two, other].map((token) => ask(token ?? '')))).toEqual([
      401, 401, 200,
    ]);
  });

  it('revokes while nobody can hear it, and tells whoever comes back', async () => {
    const token = issuer.token();
    expect(await ask(token)).toBe(200);
    issuer.outage();
    await issuer.revoke(token);
    issuer.outage(false);
    for (const end = Date.now() + 5000; Date.now() < end && (await ask(token)) === 200;);
    expect(await ask(token)).toBe(401);
  });

  describeResourceServer(() => app, {
    issuer: () => issuer,
    route: 'GET /documents',
    scopes: ['documents:read', 'documents:list'],
    handlerCalls: calls,
    revocations: true,
  });

  describeResourceServer(() => app, { issuer: () => issuer, route: 'GET /me' });
});
