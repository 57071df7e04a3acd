import { setTimeout as sleep } from 'node:timers/promises';
import {
  type AccessTokenClaims,
  ACCESS_TOKEN_TYPE,
  type ActorClaim,
  JWT_TYPE,
  TOKEN_EXCHANGE_GRANT,
  type TokenResponse,
} from '@keyward/oauth';
import { decodeJwt } from 'jose';
import { AuditRecord, type RecordedAuditEvent } from '../../audit/audit.record.js';
import { ClientStore } from '../../client/client.store.js';
import { type Grant } from '../../grant/grant.js';
import { FormParameters } from '../../http/form.parser.js';
import { type AccessTokenGrant, AccessTokenIssuer } from '../../issuance/access-token.issuer.js';
import { RevocationRecord } from '../../revocation/revocation.record.js';
import { RevocationService } from '../../revocation/revocation.service.js';
import { ALICE, ORDERS, PAYMENTS } from '../../testing/bootstrap.fixture.js';
import { asClient, declareExchange, GATEWAY, VAULT } from '../../testing/exchange.fixture.js';
import { FakeBrowser } from '../../testing/fake.browser.js';
import { grantTo, idTokenOf, signIn } from '../../testing/signed-in.fixture.js';
import { ISSUER, TestApplication } from '../../testing/test-application.js';
import { parseTokenRequest } from '../token-request.parser.js';
import { TokenExchangeGrant } from './token-exchange.grant.js';
import { ORIGIN } from '../../testing/request-origin.fixture.js';

const CAUSE = { reason: 'test', by: 'operator' };

// Says that there is none, to a recipe that has one.
const NO_SIGN_IN = { grant: undefined as never };

describe('token exchange', () => {
  let server: TestApplication;
  let grant: Grant;
  beforeAll(async () => {
    server = await TestApplication.start();
    await declareExchange(server);
  }, 60_000);
  beforeEach(async () => {
    const session = await signIn(server, new FakeBrowser());
    grant = await grantTo(server, session, 'web', ['orders:read', 'orders:write']);
  });
  afterAll(() => server.stop());

  /** A token of alice for the gateway, but for what is said otherwise. */
  const tokenOf = async (change: Partial<AccessTokenGrant> = {}) => {
    const { accessToken } = await server.app.get(AccessTokenIssuer, { strict: false }).issue({
      subject: ALICE,
      clientId: 'web',
      scope: ['orders:read', 'orders:write'],
      audience: [GATEWAY],
      grant,
      ...change,
    });
    return accessToken;
  };
  const formOf = (subjectToken: string, change: Record<string, string> = {}) => ({
    grant_type: TOKEN_EXCHANGE_GRANT,
    subject_token: subjectToken,
    subject_token_type: ACCESS_TOKEN_TYPE,
    resource: ORDERS,
    ...change,
  });
  const ask = (subjectToken: string, change: Record<string, string> = {}, clientId = 'gateway') =>
    server.post('/oauth2/token', formOf(subjectToken, change), asClient(clientId));
  const exchange = async (...request: Parameters<typeof ask>) => {
    const response = await ask(...request);
    const body = (await response.json()) as TokenResponse;
    if (response.status !== 200) throw new Error(JSON.stringify(body));
    return body;
  };
  const claimsOf = ({ access_token }: TokenResponse) => decodeJwt<AccessTokenClaims>(access_token);
  const refusal = async (...request: Parameters<typeof ask>) => {
    const response = await ask(...request);
    const { error } = (await response.json()) as { error?: string };
    return `${response.status} ${error}`;
  };
  const audited = async (type: string, holds: (event: RecordedAuditEvent) => boolean) => {
    for (const end = Date.now() + 10_000; Date.now() < end; await sleep(50)) {
      const { events } = await server.app.get(AuditRecord, { strict: false }).find({ type });
      const found = events.find(holds);
      if (found !== undefined) return found;
    }
    throw new Error('nothing was audited');
  };
  const isActive = async (token: string, clientId: string) => {
    const response = await server.post('/oauth2/introspect', { token }, asClient(clientId));
    return ((await response.json()) as { active: boolean }).active;
  };

  it('makes of a token for the caller one for the next resource, that names both', async () => {
    const subject = await tokenOf();
    const { grant_id, auth_time, acr, amr, exp } = decodeJwt<AccessTokenClaims>(subject);
    const answer = await exchange(subject);
    expect(answer).toEqual({
      access_token: expect.any(String),
      issued_token_type: ACCESS_TOKEN_TYPE,
      token_type: 'Bearer',
      expires_in: expect.any(Number),
      scope: 'orders:read',
    });
    const claims = claimsOf(answer);
    expect(claims).toEqual({
      ...{ iss: ISSUER, sub: ALICE, aud: ORDERS, client_id: 'gateway', scope: 'orders:read' },
      ...{ grant_id, auth_time, acr, amr, act: { sub: 'gateway' } },
      iat: expect.any(Number),
      exp: expect.any(Number),
      jti: expect.any(String),
    });
    expect(claims.exp).toBeLessThanOrEqual(exp);
    expect(await isActive(answer.access_token, 'orders-onward')).toBe(true);
  });

  it('takes the audience by its name, and any of our tokens as the JWT that it is', async () => {
    const change = { resource: '', audience: ORDERS, subject_token_type: JWT_TYPE };
    expect(claimsOf(await exchange(await tokenOf(), change)).aud).toBe(ORDERS);
    const both = { audience: ORDERS, requested_token_type: ACCESS_TOKEN_TYPE };
    expect(claimsOf(await exchange(await tokenOf(), both)).aud).toBe(ORDERS);
  });

  it('ends no later than the subject token', async () => {
    const notAfter = Math.floor(Date.now() / 1000) + 20;
    const answer = await exchange(await tokenOf({ notAfter }));
    expect(claimsOf(answer).exp).toBe(notAfter);
    expect(answer.expires_in).toBeLessThanOrEqual(20);
  });

  it('names the caller within the chain of those who acted before, four at the most', async () => {
    let act: ActorClaim | undefined;
    for (const sub of ['first', 'second', 'third']) act = { sub, ...(act && { act }) };
    const fourth = await exchange(await tokenOf({ ...(act && { actor: act }) }));
    expect(claimsOf(fourth).act).toEqual({ sub: 'gateway', act });
    // The fourth is for orders, whose own client would be the fifth.
    const fifth = { resource: GATEWAY };
    expect(await refusal(fourth.access_token, fifth, 'orders-onward')).toBe('400 invalid_request');
  });

  it('leaves out who impersonates, where its policy says so and it brings no actor', async () => {
    const actor = { sub: 'before' };
    const plain = await exchange(await tokenOf(), {}, 'gateway-as-you');
    expect(claimsOf(plain)).not.toHaveProperty('act');
    // Who acted before is not washed away.
    const chained = await exchange(await tokenOf({ actor }), {}, 'gateway-as-you');
    expect(claimsOf(chained).act).toEqual(actor);
    const asItself = { actor_token_type: ACCESS_TOKEN_TYPE, actor_token: '' };
    asItself.actor_token = await tokenOf({
      ...own('gateway-as-you'),
      ...NO_SIGN_IN,
    });
    const delegated = await exchange(await tokenOf(), asItself, 'gateway-as-you');
    expect(claimsOf(delegated).act).toEqual({ sub: 'gateway-as-you' });
  });

  it('audits delegation and impersonation apart, and what it refuses', async () => {
    for (const [clientId, mode] of [
      ['gateway', 'delegation'],
      ['gateway-as-you', 'impersonation'],
    ] as const) {
      const subject = await tokenOf();
      await exchange(subject, {}, clientId);
      const { jti } = decodeJwt(subject);
      const event = await audited(
        'token.exchanged',
        ({ detail }) => detail?.['subject_jti'] === jti,
      );
      expect(event).toMatchObject({
        ...{ outcome: 'success', accountId: ALICE, clientId, grantId: grant.grantId },
        detail: { mode, actor: clientId, resource: ORDERS, subject_client: 'web' },
      });
    }
    expect(await refusal('garbage')).toBe('400 invalid_request');
    const refused = ({ reason = '' }: RecordedAuditEvent) =>
      reason.includes('no live access token');
    expect(await audited('token.exchange_refused', refused)).toMatchObject({
      ...{ outcome: 'failure', clientId: 'gateway' },
    });
  });

  it.each<[string, Partial<AccessTokenGrant>]>([
    ['for another resource', { audience: [PAYMENTS] }],
    ['that has expired', { notAfter: 1_000_000_000 }],
    ['without a sign-in, which nothing could end', NO_SIGN_IN],
    ['bound to a key, while the caller proves none', { confirmation: { jkt: 'thumbprint' } }],
    ['bound to a certificate', { confirmation: { 'x5t#S256': 'thumbprint' } }],
  ])('refuses a subject token %s', async (_, change) => {
    expect(await refusal(await tokenOf(change))).toBe('400 invalid_request');
  });

  it('refuses an ID token, and a token that is altered', async () => {
    const idToken = await idTokenOf(server, grant);
    for (const type of [ACCESS_TOKEN_TYPE, JWT_TYPE]) {
      expect(await refusal(idToken, { subject_token_type: type })).toBe('400 invalid_request');
    }
    const [header, , signature] = (await tokenOf()).split('.');
    const [, payload] = (await tokenOf({ subject: 'admin' })).split('.');
    expect(await refusal(`${header}.${payload}.${signature}`)).toBe('400 invalid_request');
  });

  it.each<[string, Record<string, string>, string]>([
    ['no subject token', { subject_token: '' }, 'invalid_request'],
    ['no type of the subject token', { subject_token_type: '' }, 'invalid_request'],
    ...['id_token', 'refresh_token', 'saml2'].map(
      (type): [string, Record<string, string>, string] => [
        `a subject token that is called ${type}`,
        { subject_token_type: `urn:ietf:params:oauth:token-type:${type}` },
        'invalid_request',
      ],
    ),
    [
      'a refresh token asked for',
      { requested_token_type: 'urn:ietf:params:oauth:token-type:refresh_token' },
      'invalid_request',
    ],
    ['an actor token without its type', { actor_token: 'x' }, 'invalid_request'],
    ['a type without an actor token', { actor_token_type: ACCESS_TOKEN_TYPE }, 'invalid_request'],
    [
      'an actor token that is none',
      { actor_token: 'x', actor_token_type: ACCESS_TOKEN_TYPE },
      'invalid_request',
    ],
    ['no resource', { resource: '' }, 'invalid_target'],
    ['an unknown resource', { resource: 'urn:example:nowhere' }, 'invalid_target'],
    ['a resource outside its policy', { resource: VAULT }, 'invalid_target'],
    ['the issuer itself', { resource: ISSUER }, 'invalid_target'],
    ['two resources', { audience: PAYMENTS }, 'invalid_target'],
    ['an unknown audience', { resource: '', audience: 'orders' }, 'invalid_target'],
    ['more than the token holds', { scope: 'orders:read payments:read' }, 'invalid_scope'],
    ['more than the caller may have', { scope: 'orders:write' }, 'invalid_scope'],
    ['a scope that is elsewhere', { scope: 'orders:read', resource: PAYMENTS }, 'invalid_scope'],
    ['a resource at which nothing is left', { resource: PAYMENTS }, 'invalid_scope'],
    ['a scope of OpenID Connect', { scope: 'openid' }, 'invalid_scope'],
  ])('refuses a request with %s', async (_, change, error) => {
    expect(await refusal(await tokenOf(), change)).toBe(`400 ${error}`);
  });

  it.each<[string, Partial<AccessTokenGrant>]>([
    ['another client', { subject: 'orders-onward', clientId: 'orders-onward' }],
    ['a person', { subject: ALICE, clientId: 'gateway' }],
    ['the caller, got by another client', { subject: 'gateway', clientId: 'orders-onward' }],
    ['the caller, bound to a key', { ...own('gateway'), confirmation: { jkt: 'thumbprint' } }],
    ['the caller, expired', { ...own('gateway'), notAfter: 1_000_000_000 }],
  ])('refuses the actor token of %s', async (_, change) => {
    const actor_token = await tokenOf({ ...NO_SIGN_IN, ...change });
    const actor = { actor_token, actor_token_type: ACCESS_TOKEN_TYPE };
    expect(await refusal(await tokenOf(), actor)).toBe('400 invalid_request');
  });

  it('is for clients that are registered for it alone', async () => {
    expect(await refusal(await tokenOf(), {}, 'presenter')).toBe('400 unauthorized_client');
  });

  it('binds the new token to the key of the caller, and takes a bound one then', async () => {
    const client = await server.app.get(ClientStore, { strict: false }).find('gateway');
    if (client === null) throw new Error('no client');
    const confirmation = { jkt: 'of-the-gateway' };
    const form = formOf(await tokenOf({ confirmation: { jkt: 'of-the-browser' } }));
    const request = parseTokenRequest(
      FormParameters.parse(new URLSearchParams(form).toString()),
      ORIGIN,
      confirmation,
    );
    const answer = await server.app
      .get(TokenExchangeGrant, { strict: false })
      .handle(client, request);
    expect(answer.token_type).toBe('DPoP');
    expect(claimsOf(answer).cnf).toEqual(confirmation);
  });

  describe('when what it came of ends', () => {
    const revocations = () => server.app.get(RevocationService, { strict: false });
    const audiencesOf = async (grantId: string) => {
      const record = server.app.get(RevocationRecord, { strict: false });
      for await (const page of record.findUnexpired()) {
        const found = page.find(({ value }) => value === grantId);
        if (found !== undefined) return found.audiences;
      }
      return undefined;
    };

    it('ends with the grant, of which its resource hears', async () => {
      const subject = await tokenOf();
      const { access_token } = await exchange(subject);
      await revocations().revokeGrant(grant.grantId, CAUSE);
      expect(await isActive(access_token, 'orders-onward')).toBe(false);
      expect(await isActive(access_token, 'gateway')).toBe(false);
      expect(await audiencesOf(grant.grantId)).toContain(ORDERS);
      expect(await refusal(subject)).toBe('400 invalid_request');
    });

    it('ends with the client that the person allowed it, of which its resource hears', async () => {
      const session = await signIn(server, new FakeBrowser());
      const ofHouse = await grantTo(server, session, 'house', ['orders:read']);
      const subject = await tokenOf({ clientId: 'house', grant: ofHouse });
      const { access_token } = await exchange(subject);
      await revocations().revokeClient('house', CAUSE);
      expect(await isActive(access_token, 'gateway')).toBe(false);
      expect(await audiencesOf(ofHouse.grantId)).toEqual([ORDERS]);
    });

    it('ends with the client that exchanged it', async () => {
      const { access_token } = await exchange(await tokenOf(), {}, 'gateway-as-you');
      await revocations().revokeClient('gateway-as-you', CAUSE);
      expect(await isActive(access_token, 'gateway')).toBe(false);
    });

    it('makes nothing of a token that was revoked itself', async () => {
      const subject = await tokenOf();
      const { jti, exp } = decodeJwt<AccessTokenClaims>(subject);
      await revocations().revokeToken({ jti, exp, audiences: [GATEWAY] }, 'test');
      expect(await refusal(subject)).toBe('400 invalid_request');
    });
  });
});

function own(clientId: string): Partial<AccessTokenGrant> {
  return { subject: clientId, clientId };
}
