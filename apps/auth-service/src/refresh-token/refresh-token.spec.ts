import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type TokenResponse } from '@keyward/oauth';
import { decodeJwt } from 'jose';
import { createClient } from 'redis';
import { AuditRecord, type RecordedAuditEvent } from '../audit/audit.record.js';
import { ClientStore } from '../client/client.store.js';
import { type Grant } from '../grant/grant.js';
import { GrantService } from '../grant/grant.service.js';
import { describeWithRedis } from '../storage/testing/describe-with-redis.js';
import { age, disown, lineageKey } from '../storage/testing/redis-lineage.js';
import { ALICE, ORDERS } from '../testing/bootstrap.fixture.js';
import { basic, ISSUER, TestApplication } from '../testing/test-application.js';
import { RefreshTokenCodec } from './refresh-token.codec.js';
import { RefreshTokenService } from './refresh-token.service.js';
import { RotationCheckpoints } from './rotation.checkpoints.js';

const SCOPE = 'openid profile offline_access orders:read orders:write';

describeWithRedis('the refresh token grant', (redis) => {
  let server: TestApplication;
  beforeAll(async () => {
    server = await TestApplication.start({ redis: redis() });
  });
  afterAll(() => server.stop());

  const get = <T>(type: abstract new (...args: never[]) => T): T =>
    server.app.get<T>(type as never, { strict: false });

  async function begin(clientId = 'web', change: Partial<Grant> = {}) {
    const grant: Grant = {
      grantId: randomUUID(),
      accountId: ALICE,
      clientId,
      sid: randomUUID(),
      scope: SCOPE.split(' '),
      resources: [ORDERS],
      authenticatedAt: new Date(Date.now() - 3_600_000),
      acr: '1',
      amr: ['pwd'],
      expiresAt: new Date(Date.now() + 30 * 86_400_000),
      ...change,
    };
    const client = await get(ClientStore).find(clientId);
    if (client === null) throw new Error(`there is no client ${clientId}`);
    expect(await get(GrantService).create(grant)).toBe(true);
    const token = await get(RefreshTokenService).issue(client, grant);
    return { grant, token: token ?? '' };
  }

  const refresh = (token: string, form: Record<string, string> = {}, clientId = 'web') =>
    server.post(
      '/oauth2/token',
      { grant_type: 'refresh_token', refresh_token: token, ...form },
      basic(clientId),
    );
  const refreshPublic = (token: string, clientId: string) =>
    server.post('/oauth2/token', {
      grant_type: 'refresh_token',
      refresh_token: token,
      client_id: clientId,
    });
  async function good(answer: Promise<Response>) {
    const response = await answer;
    const body = (await response.json()) as TokenResponse & { refresh_token: string };
    expect({ status: response.status, body }).toMatchObject({ status: 200 });
    return body;
  }
  async function refused(answer: Promise<Response>): Promise<RecordedAuditEvent> {
    const response = await answer;
    const body = (await response.json()) as { error: string; error_description: string };
    expect({ status: response.status, error: body.error }).toEqual({
      status: 400,
      error: 'invalid_grant',
    });
    const reference = /\(reference ([\da-f-]{36})\)$/.exec(body.error_description)?.[1];
    return eventually(async () => {
      const { events } = await get(AuditRecord).find({ limit: 100 });
      return events.find((event) => event.reference === reference);
    });
  }
  const handleOf = (token: string) => {
    const content = get(RefreshTokenCodec).decode(token);
    if (content === null) throw new Error('not a token of this server');
    return content.handle;
  };
  const wait = (token: string, seconds: number) => age(redis(), handleOf(token), seconds * 1000);
  async function onRedis(work: (client: ReturnType<typeof createClient>) => Promise<unknown>) {
    const client = createClient({ url: redis().url });
    await client.connect();
    await work(client as never);
    await client.close();
  }
  const lose = (token: string) =>
    onRedis((client) => client.del(lineageKey(redis(), handleOf(token))));
  const checkpointed = () =>
    eventually(async () => get(RotationCheckpoints).size === 0 || undefined).then(() => sleep(50));

  it('gives new tokens, and an ID token with the same sign-in and without nonce', async () => {
    const { grant, token } = await begin();
    expect(token).toMatch(/^kwr_[\w-]{71}$/);
    const body = await good(refresh(token));
    expect(body).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 300,
      scope: SCOPE,
      refresh_token: expect.stringMatching(/^kwr_[\w-]{71}$/),
      id_token: expect.any(String),
    });
    expect(body.refresh_token).not.toBe(token);
    const authTime = Math.floor(grant.authenticatedAt.getTime() / 1000);
    const { at_hash, ...idToken } = decodeJwt(body.id_token ?? '');
    expect(at_hash).toEqual(expect.any(String));
    expect(idToken).toMatchObject({ iss: ISSUER, sub: ALICE, aud: 'web', auth_time: authTime });
    expect(idToken).toMatchObject({ sid: grant.sid, acr: '1', amr: ['pwd'] });
    expect(idToken['nonce']).toBeUndefined();
    expect(decodeJwt(body.access_token)).toMatchObject({
      sub: ALICE,
      client_id: 'web',
      grant_id: grant.grantId,
      auth_time: authTime,
      aud: [ORDERS, ISSUER],
    });
  });

  it('narrows the access token, never the grant', async () => {
    const { token } = await begin();
    const narrow = await good(refresh(token, { scope: 'orders:read' }));
    expect(narrow.scope).toBe('orders:read');
    expect(decodeJwt(narrow.access_token).aud).toBe(ORDERS);
    const atOrders = await good(refresh(narrow.refresh_token, { resource: ORDERS }));
    expect(atOrders.scope).toBe('orders:read orders:write');
    expect((await good(refresh(atOrders.refresh_token))).scope).toBe(SCOPE);
  });

  it.each([
    ['a scope that was not granted', { scope: 'orders:read email' }, 'invalid_scope'],
    [
      'a scope that the resource does not have',
      { scope: 'orders:read openid', resource: ORDERS },
      'invalid_scope',
    ],
    ['a resource that was not granted', { resource: 'urn:example:payments' }, 'invalid_target'],
  ])('refuses %s, and leaves the token as it was', async (_, form, error) => {
    const { token } = await begin();
    const response = await refresh(token, form);
    expect({ status: response.status, body: await response.json() }).toMatchObject({
      status: 400,
      body: { error },
    });
    await wait(token, 86_500);
    expect((await good(refresh(token))).scope).toBe(SCOPE);
  });

  it('gives 50 parallel refreshes of one token one successor', async () => {
    const { token } = await begin();
    const all = await Promise.all(Array.from({ length: 50 }, () => good(refresh(token))));
    expect(new Set(all.map((body) => body.refresh_token)).size).toBe(1);
    expect(new Set(all.map((body) => body.access_token)).size).toBe(50);
  });

  it('resumes a client whose answer was lost, by its profile', async () => {
    const [web, spa] = [await begin('web'), await begin('spa')];
    await good(refresh(web.token));
    await good(refreshPublic(spa.token, 'spa'));
    await wait(web.token, 3600);
    await wait(spa.token, 3600);
    await good(refresh(web.token));
    expect(await refused(refreshPublic(spa.token, 'spa'))).toMatchObject({
      type: 'refresh.reused',
    });
  });

  it('ends the grant when a token that was rotated out turns up, and says why', async () => {
    const { grant, token } = await begin();
    const second = (await good(refresh(token))).refresh_token;
    await wait(token, 60);
    const third = (await good(refresh(second))).refresh_token;
    await wait(token, 60);
    expect(await refused(refresh(token))).toMatchObject({
      type: 'refresh.reused',
      outcome: 'failure',
      clientId: 'web',
      accountId: ALICE,
      grantId: grant.grantId,
      detail: { generation: 1, current: 3, parent: 2, floor: 2, age_seconds: expect.any(Number) },
    });
    expect(await refused(refresh(third))).toMatchObject({
      type: 'refresh.revoked',
      reason: 'revoked: refresh_reused by server',
    });
    expect((await get(GrantService).find(grant.grantId))?.cause?.reason).toBe('refresh_reused');
  });

  it.each([
    ['the thief first', 0],
    ['the owner first', 1],
  ])('ends the grant of a stolen token, %s', async (_, order) => {
    const { token } = await begin();
    // Both have the same token, and each goes on with what it gets: outside the window by then.
    const sides = [token, token];
    const outcomes: number[] = [];
    for (let turn = order; turn < order + 4; turn += 1) {
      const response = await refresh(sides[turn % 2] ?? '');
      outcomes.push(response.status);
      const body = (await response.json()) as { refresh_token?: string };
      sides[turn % 2] = body.refresh_token ?? sides[turn % 2] ?? '';
      await wait(token, 60);
    }
    expect(outcomes).toEqual([200, 200, 400, 400]);
  });

  it('ends the grant when a thief who shadows the owner comes too late once', async () => {
    const { token } = await begin();
    let [owner, thief] = [token, token];
    for (let day = 0; day < 3; day += 1) {
      owner = (await good(refresh(owner))).refresh_token;
      thief = (await good(refresh(thief))).refresh_token;
      expect(thief).toBe(owner);
      await wait(token, 300);
    }
    owner = (await good(refresh(owner))).refresh_token;
    await wait(token, 300);
    await good(refresh(thief));
    expect(await refused(refresh(owner))).toMatchObject({ type: 'refresh.reused' });
  });

  it('lets another client touch nothing', async () => {
    const { token } = await begin();
    expect(await refused(refresh(token, {}, 'house'))).toMatchObject({
      type: 'refresh.wrong_client',
      clientId: 'house',
    });
    await good(refresh(token));
  });

  it('tells why a grant was revoked and by whom', async () => {
    const { grant, token } = await begin();
    await get(GrantService).revoke(grant.grantId, { reason: 'signed_out', by: `account ${ALICE}` });
    expect(await refused(refresh(token))).toMatchObject({
      type: 'refresh.revoked',
      reason: `revoked: signed_out by account ${ALICE}`,
    });
    await lose(token);
    expect(await refused(refresh(token))).toMatchObject({ type: 'refresh.revoked' });
  });

  it('expires when it was idle for too long, and in any case in the end', async () => {
    const { token } = await begin('spa', { expiresAt: new Date(Date.now() + 2 * 86_400_000) });
    await checkpointed();
    await wait(token, 86_300);
    await good(refreshPublic(token, 'spa'));
    await wait(token, 86_401);
    // Redis has dropped it; the record, whose clock did not move, still has it.
    const brief = await begin('web', { expiresAt: new Date(Date.now() + 600) });
    await sleep(700);
    expect(await refused(refresh(brief.token))).toMatchObject({ type: 'refresh.expired' });
  });

  it('goes on after FLUSHALL and after a fail-over, whatever was checkpointed', async () => {
    const { token } = await begin();
    const second = (await good(refresh(token))).refresh_token;
    await lose(token);
    const third = (await good(refresh(second))).refresh_token;
    await checkpointed();
    await lose(token);
    const fourth = (await good(refresh(third))).refresh_token;
    await disown(redis(), handleOf(token));
    const fifth = (await good(refresh(fourth))).refresh_token;
    // Answers that were lost together with the state.
    await checkpointed();
    await lose(token);
    expect((await good(refresh(fourth))).refresh_token).toBe(fifth);
  });

  it('calls nothing live that was revoked, whatever Redis loses', async () => {
    const { grant, token } = await begin();
    await get(GrantService).revoke(grant.grantId, { reason: 'test', by: 'server' });
    await lose(token);
    await refused(refresh(token));
    await disown(redis(), handleOf(token));
    await refused(refresh(token));
  });

  it('takes no notice of a clock of Redis that went back or jumped within the window', async () => {
    const { token } = await begin();
    const second = (await good(refresh(token))).refresh_token;
    await wait(token, -7200);
    expect((await good(refresh(token))).refresh_token).toBe(second);
    await good(refresh(second));
  });

  it('answers a made-up token invalid_grant without a record of it', async () => {
    const { token } = await begin();
    const forged = `${token.slice(0, -8)}AAAAAAAA`;
    for (const text of ['x', 'kwr_', forged, `${token}A`, token.slice(0, -1), ` ${token}`]) {
      const response = await refresh(text);
      expect({ status: response.status, body: await response.json() }).toEqual({
        status: 400,
        body: {
          error: 'invalid_grant',
          error_description: 'the refresh token is not one of this server',
        },
      });
    }
  });

  it('demands the token', async () => {
    const response = await server.post(
      '/oauth2/token',
      { grant_type: 'refresh_token' },
      basic('web'),
    );
    expect(await response.json()).toMatchObject({ error: 'invalid_request' });
  });
});

async function eventually<T>(read: () => Promise<T | undefined>): Promise<T> {
  for (const end = Date.now() + 10_000; Date.now() < end; await sleep(20)) {
    const value = await read();
    if (value !== undefined) return value;
  }
  throw new Error('it did not come true within 10 seconds');
}
