import { randomUUID } from 'node:crypto';
import { decodeJwt } from 'jose';
import { RefreshTokenCodec } from '../refresh-token/refresh-token.codec.js';
import { RevocationService } from '../revocation/revocation.service.js';
import { ChildProgram } from '../storage/testing/child-program.js';
import { describeWithRedis } from '../storage/testing/describe-with-redis.js';
import { age } from '../storage/testing/redis-lineage.js';
import { ALICE } from '../testing/bootstrap.fixture.js';
import { CodeFlow } from '../testing/code-flow.js';
import { basic, TestApplication } from '../testing/test-application.js';
import { GrantHistory } from './grant.history.js';
import { grantHistoryText } from './grant-history.text.js';
import { ORIGIN } from '../testing/request-origin.fixture.js';

interface TokenAnswer {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly error_description?: string;
}

describeWithRedis('GrantHistory', (redis) => {
  let server: TestApplication;
  let history: GrantHistory;
  beforeAll(async () => {
    server = await TestApplication.start({ redis: redis() });
    history = server.app.get(GrantHistory, { strict: false });
  });
  afterAll(() => server.stop());

  const refresh = async (token: string) =>
    (await (
      await server.post(
        '/oauth2/token',
        { grant_type: 'refresh_token', refresh_token: token },
        basic('web'),
      )
    ).json()) as TokenAnswer;
  const wait = (token: string, seconds: number) => {
    const handle = server.app.get(RefreshTokenCodec, { strict: false }).decode(token)?.handle;
    return age(redis(), handle ?? Buffer.alloc(0), seconds * 1000);
  };
  async function begin(): Promise<TokenAnswer> {
    const flow = new CodeFlow(server);
    const code = await flow.code({ scope: 'openid offline_access', prompt: 'consent' });
    return (await (await flow.redeem(code)).json()) as TokenAnswer;
  }
  const referenceIn = ({ error_description }: TokenAnswer) =>
    /\(reference ([\da-f-]{36})\)$/.exec(error_description ?? '')?.[1] ?? '';
  /** Events are written behind the response. */
  async function explained(reference: string, last: string) {
    for (const deadline = Date.now() + 10_000; Date.now() < deadline;) {
      const found = await history.explain(reference);
      if (found?.events.at(-1)?.type === last) return found;
    }
    throw new Error(`no ${last} is recorded under ${reference}`);
  }

  it('tells from the reference that a client got how its grant was lost', async () => {
    const { refresh_token: first } = await begin();
    const second = (await refresh(first)).refresh_token;
    await refresh(first);
    await wait(first, 60);
    await refresh(second);
    await wait(first, 60);
    const refusal = await refresh(first);
    const reference = referenceIn(refusal);

    const { event, grant, events } = await explained(reference, 'refresh.reused');

    expect(event).toMatchObject({ reference, type: 'refresh.reused', detail: { generation: 1 } });
    expect(grant).toMatchObject({
      clientId: 'web',
      accountId: ALICE,
      scope: ['openid', 'offline_access'],
      cause: { reason: 'refresh_reused', by: 'server' },
    });
    expect(events.map(({ type }) => type)).toEqual([
      'consent.decided',
      'authorization.granted',
      'code.redeemed',
      'refresh.replayed',
      'refresh.reused',
    ]);
    const later = await explained(referenceIn(await refresh(second)), 'refresh.revoked');
    expect(later.event).toMatchObject({ type: 'refresh.revoked' });
    expect(later.grant).toEqual(grant);
  });

  it('tells what happened to the session of a grant, asked by its id', async () => {
    const { access_token } = await begin();
    const { grant_id: grantId, sub } = decodeJwt<{ grant_id: string }>(access_token);
    const sid = (await explained(grantId, 'code.redeemed')).grant?.sid ?? '';
    const revocations = server.app.get(RevocationService, { strict: false });
    await revocations.revokeSession(sid, { reason: 'reported_stolen', by: 'operator' }, ORIGIN);
    await revocations.revokeGrant(grantId, { reason: 'asked_for', by: `account ${sub}` });
    const { event, grant, events } = await explained(grantId, 'session.revoked');
    expect(event).toBeNull();
    expect(grant).toMatchObject({
      grantId,
      cause: { reason: 'asked_for', by: `account ${ALICE}` },
    });
    expect(events.at(-1)).toMatchObject({
      type: 'session.revoked',
      reason: 'reported_stolen',
      sid,
    });
  });

  it('is a program, too', async () => {
    const { access_token } = await begin();
    const { grant_id: grantId } = decodeJwt<{ grant_id: string }>(access_token);
    const ask = (reference: string) =>
      ChildProgram.start(
        `const [node, url, reference] = process.argv;
         process.env.DATABASE_URL = url;
         process.argv = [node, 'keyward', 'grants', '--local', 'explain', reference];
         await import('./src/cli.ts');`,
        server.database.url,
        reference,
      ).ended();
    const text = grantHistoryText(await explained(grantId, 'code.redeemed'));
    expect(text).toContain(`grant ${grantId}\n  client web, account ${ALICE}`);
    expect(await ask(grantId)).toMatchObject({ code: 0, lines: text.split('\n') });
    expect(await ask(randomUUID())).toMatchObject({ code: 1 });
    expect(await ask('--unknown')).toMatchObject({ code: 2, lines: [] });
    // Each is a process that loads the sources.
  }, 240_000);

  it('knows nothing of a reference that is not recorded, and says no to what is none', async () => {
    expect(await history.explain(randomUUID())).toBeNull();
    await expect(history.explain("' OR true")).rejects.toThrow('malformed');
  });
});
