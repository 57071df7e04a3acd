import { setTimeout as sleep } from 'node:timers/promises';
import { JWT_BEARER_GRANT, type TokenResponse } from '@keyward/oauth';
import {
  decodeJwt,
  exportSPKI,
  generateKeyPair,
  type JWTHeaderParameters,
  type JWTPayload,
  SignJWT,
} from 'jose';
import { AuditRecord } from '../../audit/audit.record.js';
import { BootstrapStore } from '../../bootstrap/bootstrap.store.js';
import { signJwt } from '../../issuance/jws.signer.js';
import { KeyRing } from '../../keys/key.ring.js';
import { RevocationService } from '../../revocation/revocation.service.js';
import { describeWithRedis } from '../../storage/testing/describe-with-redis.js';
import { PostgresDatabase } from '../../storage/postgres/postgres.database.js';
import { ALICE, ORDERS, PAYMENTS } from '../../testing/bootstrap.fixture.js';
import {
  asClient,
  declareExchange,
  GATEWAY,
  PARTNER,
  PARTNER_ISSUER,
  PARTNER_ISSUER_KEY,
  PARTNER_ISSUER_KID,
} from '../../testing/exchange.fixture.js';
import { ISSUER, SHARED_KEY, TestApplication } from '../../testing/test-application.js';

const OTHER_KEY = await generateKeyPair('ES256');
const now = () => Math.floor(Date.now() / 1000);
let serial = 0;

interface Recipe {
  readonly header?: Partial<JWTHeaderParameters>;
  readonly claims?: Record<string, unknown>;
  readonly key?: Parameters<SignJWT['sign']>[0];
}

/** An assertion that is good but for what the recipe changes; `undefined` leaves a member out. */
function assertion({ header = {}, claims = {}, key = PARTNER_ISSUER_KEY.privateKey }: Recipe = {}) {
  return new SignJWT(claimsWith(claims))
    .setProtectedHeader({ alg: 'ES256', kid: PARTNER_ISSUER_KID, ...header } as JWTHeaderParameters)
    .sign(key);
}

function claimsWith(change: Record<string, unknown>): JWTPayload {
  return {
    iss: PARTNER_ISSUER,
    sub: 'carol',
    aud: `${ISSUER}/oauth2/token`,
    jti: `jti-${++serial}`,
    iat: now(),
    exp: now() + 60,
    ...change,
  };
}

const formOf = (text: string, change: Record<string, string> = {}) => ({
  grant_type: JWT_BEARER_GRANT,
  assertion: text,
  resource: ORDERS,
  ...change,
});

describe('the JWT bearer grant', () => {
  let server: TestApplication;
  beforeAll(async () => {
    server = await TestApplication.start();
    await declareExchange(server);
  }, 60_000);
  afterAll(() => server.stop());

  const ask = (text: string, change: Record<string, string> = {}, clientId = 'presenter') =>
    server.post('/oauth2/token', formOf(text, change), asClient(clientId));
  const outcome = async (...request: Parameters<typeof ask>) => {
    const response = await ask(...request);
    const { error } = (await response.json()) as { error?: string };
    return error === undefined ? response.status : `${response.status} ${error}`;
  };
  const tokenFor = async (...request: Parameters<typeof ask>) => {
    const response = await ask(...request);
    const body = (await response.json()) as TokenResponse;
    if (response.status !== 200) throw new Error(JSON.stringify(body));
    return body;
  };
  const audited = async (type: string, reason?: RegExp) => {
    for (const end = Date.now() + 10_000; Date.now() < end; await sleep(50)) {
      const { events } = await server.app.get(AuditRecord, { strict: false }).find({ type });
      const found = events.find((event) => reason === undefined || reason.test(event.reason ?? ''));
      if (found !== undefined) return found;
    }
    throw new Error('nothing was audited');
  };

  it('makes of a partner’s assertion a narrow access token and nothing else', async () => {
    const exp = now() + 60;
    const answer = await tokenFor(await assertion({ claims: { exp, jti: 'the-first' } }));
    expect(answer).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: expect.any(Number),
      scope: 'orders:read',
    });
    expect(decodeJwt(answer.access_token)).toEqual({
      ...{ iss: ISSUER, sub: 'partner:acme:carol', aud: ORDERS, client_id: 'presenter' },
      ...{ scope: 'orders:read', exp, iat: expect.any(Number), jti: expect.any(String) },
    });
    expect(await audited('assertion.accepted')).toMatchObject({
      outcome: 'success',
      clientId: 'presenter',
      detail: { partner: 'acme', subject: 'partner:acme:carol', assertion_jti: 'the-first' },
    });
  });

  it.each<[string, Recipe]>([
    ['for the issuer', { claims: { aud: ISSUER } }],
    ['without iat', { claims: { iat: undefined } }],
    ['of the kind JWT', { header: { typ: 'JWT' } }],
    ['without kid, by the only key', { header: { kid: undefined } }],
    ['of a clock that is a little off', { claims: { iat: now() + 20, nbf: now() + 20 } }],
  ])('takes an assertion %s', async (_, recipe) => {
    expect(await outcome(await assertion(recipe))).toBe(200);
  });

  it.each<[string, Recipe, RegExp]>([
    ['of an unknown issuer', { claims: { iss: 'https://sts.other.example' } }, /no partner/],
    ['of an issuer with a slash', { claims: { iss: `${PARTNER_ISSUER}/` } }, /no partner/],
    ['of an issuer with a NUL', { claims: { iss: 'a\u0000' } }, /no partner/],
    ['of us', { claims: { iss: ISSUER } }, /no partner/],
    ['of nobody', { claims: { iss: undefined } }, /no partner/],
    ['for another server', { claims: { aud: 'https://other.example' } }, /audience/],
    ['for another server too', { claims: { aud: [ISSUER, 'https://o.example'] } }, /not one text/],
    ['for this server in a list', { claims: { aud: [ISSUER] } }, /not one text/],
    ['for another endpoint', { claims: { aud: `${ISSUER}/oauth2/par` } }, /audience/],
    ['for a resource', { claims: { aud: ORDERS } }, /audience/],
    ['for nobody', { claims: { aud: undefined } }, /claim_missing/],
    ['that expired', { claims: { iat: now() - 120, exp: now() - 31 } }, /expired/],
    ['that expired just now', { claims: { iat: now() - 60, exp: now() - 1 } }, /expired/],
    ['without exp', { claims: { exp: undefined } }, /claim_missing/],
    ['that lives too long', { claims: { exp: now() + 3600 } }, /lifetime_too_long/],
    [
      'that lives too long and hides its iat',
      { claims: { iat: undefined, exp: now() + 3600 } },
      /lifetime_too_long/,
    ],
    ['from the future', { claims: { iat: now() + 60 } }, /issued_in_the_future/],
    ['for the future', { claims: { nbf: now() + 60 } }, /not_yet_valid/],
    ['without jti', { claims: { jti: undefined } }, /claim_missing/],
    ['with an endless jti', { claims: { jti: 'j'.repeat(151) } }, /too long/],
    ['without sub', { claims: { sub: undefined } }, /claim_missing/],
    ['about someone with a line break', { claims: { sub: 'a\nb' } }, /not printable/],
    ['about someone in another alphabet', { claims: { sub: 'кэрол' } }, /not printable/],
    ['by a foreign key', { key: OTHER_KEY.privateKey }, /signature_mismatch/],
    ['of a foreign kid', { header: { kid: 'k2' } }, /key_unknown/],
    ['that is an access token', { header: { typ: 'at+jwt' } }, /typ_not_allowed/],
    ['to authenticate', { header: { typ: 'client-authentication+jwt' } }, /typ_not_allowed/],
  ])('refuses an assertion %s', async (_, recipe, reason) => {
    expect(await outcome(await assertion(recipe))).toBe('400 invalid_grant');
    expect(await audited('assertion.refused', reason)).toMatchObject({ clientId: 'presenter' });
  });

  it('refuses an assertion by alg none, and by HS256 with the public key as the secret', async () => {
    const [header, payload, signature] = (await assertion()).split('.');
    const none = Buffer.from('{"alg":"none"}').toString('base64url');
    const secret = Buffer.from(await exportSPKI(PARTNER_ISSUER_KEY.publicKey));
    const hmac = await assertion({ header: { alg: 'HS256' }, key: secret });
    const forged = [
      ...[`${none}.${payload}.`, `${none}.${payload}.${signature}`, hmac],
      ...[`${header}.${payload}.`, `${header}.${payload}`, 'garbage', 'a'.repeat(9000)],
    ];
    for (const text of forged) expect(await outcome(text)).toBe('400 invalid_grant');
    expect(await outcome('')).toBe('400 invalid_request');
  });

  it('lets a partner speak of nobody but its own people', async () => {
    for (const sub of [ALICE, 'shop', 'partner:other:carol']) {
      const { access_token } = await tokenFor(await assertion({ claims: { sub } }));
      expect(decodeJwt(access_token).sub).toBe(`partner:acme:${sub}`);
    }
    await expect(
      server.app.get(PostgresDatabase, { strict: false }).manager.query(
        `INSERT INTO client (client_id, name, authentication_method, grant_types, scopes)
         VALUES ('partner:acme:carol', 'x', 'none', '{}', '{}')`,
      ),
    ).rejects.toThrow(/client_id_is_no_partner/);
  });

  it.each<[string, Record<string, string>, string]>([
    ['no resource', { resource: '' }, 'invalid_target'],
    ['a resource that is not the partner’s', { resource: PAYMENTS }, 'invalid_target'],
    ['another that is not', { resource: GATEWAY }, 'invalid_target'],
    ['a scope that is not the partner’s', { scope: 'payments:read' }, 'invalid_scope'],
    ['a scope that is not the client’s', { scope: 'audit' }, 'invalid_scope'],
    ['a scope that is nobody’s', { scope: 'openid' }, 'invalid_scope'],
  ])('refuses %s, and leaves the assertion as it was', async (_, change, error) => {
    const text = await assertion();
    expect(await outcome(text, change)).toBe(`400 ${error}`);
    expect(await outcome(text)).toBe(200);
  });

  it('is for the clients that the partner names, and tells the others nothing', async () => {
    const text = await assertion();
    expect(await outcome(text, {}, 'stranger')).toBe('400 invalid_grant');
    expect(await outcome(text, {}, 'gateway')).toBe('400 unauthorized_client');
    expect(await outcome(text)).toBe(200);
  });

  it('cannot be exchanged: there is no sign-in with which it would end', async () => {
    const { access_token } = await tokenFor(await assertion());
    const response = await server.post(
      '/oauth2/token',
      {
        grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
        subject_token: access_token,
        subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
        resource: PAYMENTS,
      },
      asClient('orders-onward'),
    );
    expect(await response.json()).toMatchObject({ error: 'invalid_request' });
  });

  it('ends with its client, and by itself', async () => {
    const active = async (token: string) => {
      const path = '/oauth2/introspect';
      const response = await server.post(path, { token }, asClient('orders-onward'));
      return ((await response.json()) as { active: boolean }).active;
    };
    const { access_token: token } = await tokenFor(await assertion());
    const { access_token: other } = await tokenFor(await assertion());
    expect(await active(token)).toBe(true);
    await server.post('/oauth2/revoke', { token }, asClient('presenter'));
    expect([await active(token), await active(other)]).toEqual([false, true]);
    const cause = { reason: 'test', by: 'operator' };
    await server.app.get(RevocationService, { strict: false }).revokeClient('presenter', cause);
    expect(await active(other)).toBe(false);
  });

  it('trusts a partner no more from the moment in which an operator disables it', async () => {
    const store = server.app.get(BootstrapStore, { strict: false });
    const issuer = 'https://sts.former.example';
    const former = { ...PARTNER, issuer, partnerId: 'former' };
    await store.apply([], [], [former]);
    const claims = { iss: issuer };
    expect(await outcome(await assertion({ claims }))).toBe(200);
    await store.apply([], [], [{ ...former, disabled: true }]);
    expect(await outcome(await assertion({ claims }))).toBe('400 invalid_grant');
    // A file of before must not bring it back.
    await store.apply([], [], [former]);
    expect(await outcome(await assertion({ claims }))).toBe('400 invalid_grant');
    await audited('assertion.refused', /former is disabled/);
  });

  it('follows the declaration: what is changed there holds at once', async () => {
    const store = server.app.get(BootstrapStore, { strict: false });
    const issuer = 'https://sts.moving.example';
    const moving = { ...PARTNER, issuer, partnerId: 'moving' };
    await store.apply([], [], [moving]);
    expect(await outcome(await assertion({ claims: { iss: issuer } }))).toBe(200);
    await store.apply([], [], [{ ...moving, maxAssertionSeconds: 30 }]);
    expect(await outcome(await assertion({ claims: { iss: issuer } }))).toBe('400 invalid_grant');
  });

  it('never takes what this server itself signed', async () => {
    const key = await server.app.get(KeyRing).signingKey();
    for (const iss of [PARTNER_ISSUER, ISSUER]) {
      const text = await signJwt(key, 'JWT', claimsWith({ iss }));
      expect(await outcome(text)).toBe('400 invalid_grant');
    }
  });
});

describeWithRedis('one assertion at two replicas', (redis) => {
  it('is worth a token once, however many present it at a time', async () => {
    const environment = SHARED_KEY;
    const first = await TestApplication.start({ redis: redis(), environment });
    const { database } = first;
    const second = await TestApplication.start({ redis: redis(), environment, database });
    try {
      await declareExchange(first);
      const form = formOf(await assertion());
      const responses = await Promise.all(
        Array.from({ length: 10 }, (_, n) =>
          (n % 2 === 0 ? first : second).post('/oauth2/token', form, asClient('presenter')),
        ),
      );
      const statuses = responses.map(({ status }) => status).sort();
      expect(statuses).toEqual([200, ...Array<number>(9).fill(400)]);
      for (const server of [first, second]) {
        const again = await server.post('/oauth2/token', form, asClient('presenter'));
        expect(await again.json()).toMatchObject({ error: 'invalid_grant' });
      }
    } finally {
      await second.stop();
      await first.stop();
    }
  }, 60_000);
});
