import { setTimeout as sleep } from 'node:timers/promises';
import { ADMIN_KEYS_SCOPE, type TokenResponse } from '@keyward/oauth';
import { decodeProtectedHeader } from 'jose';
import { PostgresDatabase } from '../storage/postgres/postgres.database.js';
import { administratedBootstrap } from '../testing/administration.fixture.js';
import { basic, TestApplication } from '../testing/test-application.js';

interface ListedKey {
  readonly kid: string;
  readonly status: string;
}

describe('administration of signing keys', () => {
  let server: TestApplication;
  beforeEach(async () => {
    server = await TestApplication.start({ bootstrap: administratedBootstrap() });
  });
  afterEach(() => server.stop());

  async function tokenFor(scope = ADMIN_KEYS_SCOPE): Promise<string> {
    const form = { grant_type: 'client_credentials', scope };
    const response = await server.post('/oauth2/token', form, basic('shop'));
    return ((await response.json()) as TokenResponse).access_token;
  }
  const call = async (method: string, path: string, token: string | null, form = {}) =>
    fetch(server.url(`/admin/keys${path}`), {
      method,
      headers: token === null ? {} : { authorization: `Bearer ${token}` },
      ...(method === 'POST' && { body: new URLSearchParams(form) }),
    });
  const keys = async (token: string) => {
    const response = await call('GET', '', token);
    return ((await response.json()) as { keys: ListedKey[] }).keys;
  };

  it('lists keys, and nothing of their private half', async () => {
    const response = await call('GET', '', await tokenFor());
    expect(response.status).toBe(200);
    expect(response.headers.get('cache-control')).toBe('no-store');
    const text = await response.text();
    const { keys: listed } = JSON.parse(text) as { keys: object[] };
    expect(listed).toHaveLength(2);
    expect(Object.keys(listed[0] ?? {}).sort()).toEqual(
      ['algorithm', 'created_at', 'kid', 'sign_from', 'sign_until', 'signer', 'status'].sort(),
    );
  });

  it('rotates what is in use, and says when the standby takes over', async () => {
    const token = await tokenFor();
    const response = await call('POST', '/rotate', token);
    expect(response.status).toBe(200);
    const { takes_over_at } = (await response.json()) as { takes_over_at: string };
    expect(Date.parse(takes_over_at)).toBeGreaterThan(Date.now() - 60_000);
    const unknown = await call('POST', '/rotate', token, { algorithm: 'HS256' });
    expect(unknown.status).toBe(400);
    expect(await unknown.json()).toMatchObject({ error: 'invalid_request' });
    const unused = await call('POST', '/rotate', token, { algorithm: 'PS256' });
    expect(unused.status).toBe(400);
  });

  it('revokes a key with all that it signed, the token that asked for it included; audited', async () => {
    const token = await tokenFor();
    const { kid } = decodeProtectedHeader(token);
    expect((await call('POST', '/unknown/revoke', token)).status).toBe(404);
    expect((await call('POST', `/${kid}/revoke`, token, { reason: 'leaked' })).status).toBe(204);
    expect((await call('GET', '', token)).status).toBe(401);
    const next = await tokenFor();
    expect(decodeProtectedHeader(next).kid).not.toBe(kid);
    expect((await keys(next)).find((key) => key.kid === kid)?.status).toBe('revoked');
    expect(await auditedRevocation()).toMatchObject({
      reason: 'leaked',
      detail: { by: 'client shop', kid },
    });
  });

  /** Written behind the response. */
  async function auditedRevocation(): Promise<object | undefined> {
    const { manager } = server.app.get(PostgresDatabase, { strict: false });
    for (let attempt = 0; attempt < 50; attempt += 1) {
      const [row] = await manager.query<object[]>(
        `SELECT reason, detail FROM audit_event WHERE type = 'key.revoked'`,
      );
      if (row !== undefined) return row;
      await sleep(100);
    }
    return undefined;
  }
});
