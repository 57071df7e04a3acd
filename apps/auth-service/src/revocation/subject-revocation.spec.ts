import { decodeJwt } from 'jose';
import { AuditRecord } from '../audit/audit.record.js';
import { describeWithRedis } from '../storage/testing/describe-with-redis.js';
import { ALICE } from '../testing/bootstrap.fixture.js';
import { CodeFlow } from '../testing/code-flow.js';
import { basic, TestApplication } from '../testing/test-application.js';
import { RevocationService } from './revocation.service.js';
import { ORIGIN } from '../testing/request-origin.fixture.js';

interface Tokens {
  readonly access_token: string;
  readonly id_token: string;
  readonly refresh_token: string;
}

describeWithRedis('revoking a person', (redis) => {
  const OFFLINE = { scope: 'openid offline_access orders:read', prompt: 'consent' };
  const cause = { reason: 'reported_stolen', by: 'operator' };
  let server: TestApplication;
  beforeAll(async () => {
    server = await TestApplication.start({ redis: redis() });
  });
  afterAll(() => server.stop());

  const service = () => server.app.get(RevocationService, { strict: false });
  const tokensOf = async (flow: CodeFlow, username?: string) =>
    (await (await flow.redeem(await flow.code(OFFLINE, username))).json()) as Tokens;
  const refresh = async ({ refresh_token }: Tokens) =>
    (
      await server.post(
        '/oauth2/token',
        { grant_type: 'refresh_token', refresh_token },
        basic('web'),
      )
    ).status;
  const isActive = async ({ access_token: token }: Tokens) => {
    const response = await server.post('/oauth2/introspect', { token }, basic('web'));
    return ((await response.json()) as { active: boolean }).active;
  };
  const silently = async (flow: CodeFlow) => {
    const { location } = await flow.authorize({ prompt: 'none' });
    const answer = new URL(location ?? '').searchParams;
    return answer.get('error') ?? (answer.has('code') ? 'code' : 'nothing');
  };
  const standing = async (flow: CodeFlow, tokens: Tokens) => [
    await silently(flow),
    await isActive(tokens),
    await refresh(tokens),
  ];

  it('ends every browser, code and token of that person, and of nobody else', async () => {
    const [one, other, bob] = [new CodeFlow(server), new CodeFlow(server), new CodeFlow(server)];
    const [onesTokens, othersTokens] = [await tokensOf(one), await tokensOf(other)];
    const bobsTokens = await tokensOf(bob, 'bob');
    const code = await one.code();
    expect(await standing(one, onesTokens)).toEqual(['code', true, 200]);

    await service().revokeSubject(ALICE, cause, ORIGIN);

    expect(await standing(one, onesTokens)).toEqual(['login_required', false, 400]);
    expect(await standing(other, othersTokens)).toEqual(['login_required', false, 400]);
    expect((await one.redeem(code)).status).toBe(400);
    expect(await standing(bob, bobsTokens)).toEqual(['code', true, 200]);
    expect(await standing(one, await tokensOf(one))).toEqual(['code', true, 200]);

    const audit = server.app.get(AuditRecord, { strict: false });
    const deadline = Date.now() + 5000;
    let events: readonly unknown[] = [];
    while (events.length === 0 && Date.now() < deadline) {
      ({ events } = await audit.find({ type: 'subject.revoked' }));
    }
    expect(events).toEqual([
      expect.objectContaining({
        accountId: ALICE,
        reason: cause.reason,
        detail: { by: cause.by, sessions: 2 },
      }),
    ]);
  });

  it('ends one browser alone, and keeps what was allowed for its absence', async () => {
    const [one, other] = [new CodeFlow(server), new CodeFlow(server)];
    const [onesTokens, othersTokens] = [await tokensOf(one), await tokensOf(other)];
    const sid = decodeJwt(onesTokens.id_token)['sid'] as string;

    await service().revokeSession(sid, cause, ORIGIN);

    expect([await silently(one), await silently(other)]).toEqual(['login_required', 'code']);
    expect([await refresh(onesTokens), await refresh(othersTokens)]).toEqual([200, 200]);
  });
});
