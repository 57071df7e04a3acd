import { AuthorizationDetailsResolver } from '../../authorization-details/authorization-details.resolver.js';
import { type CachedAuthorizationDetailsTypes } from '../../authorization-details/cached-authorization-details-types.js';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import {
  InvalidGrantError,
  InvalidRequestError,
  InvalidTargetError,
  TemporarilyUnavailableError,
  type TokenResponse,
} from '@keyward/oauth';
import { AuthorizationCodeStore } from '../../authorization/authorization-code.store.js';
import { type Client } from '../../client/client.js';
import { type Grant } from '../../grant/grant.js';
import { type GrantService } from '../../grant/grant.service.js';
import { FormParameters } from '../../http/form.parser.js';
import {
  type AccessTokenGrant,
  type AccessTokenIssuer,
} from '../../issuance/access-token.issuer.js';
import { type IdTokenContent, type IdTokenIssuer } from '../../issuance/id-token.issuer.js';
import { type RefreshTokenService } from '../../refresh-token/refresh-token.service.js';
import { GrantTargetResolver } from '../../resource/grant-target.resolver.js';
import { ResourceStore } from '../../resource/resource.store.js';
import { TargetResolver } from '../../resource/target.resolver.js';
import { type SingleUseStore } from '../../single-use/single-use.store.js';
import { MemorySingleUseStore } from '../../storage/memory/memory-single-use.store.js';
import { RedisConnection } from '../../storage/redis/redis.connection.js';
import { RedisSingleUseStore } from '../../storage/redis/redis-single-use.store.js';
import { describeWithRedis } from '../../storage/testing/describe-with-redis.js';
import { clientFixture } from '../../testing/client.fixture.js';
import { RecordedAudit } from '../../testing/recorded-audit.js';
import { StandingGrants } from '../../testing/standing-grants.js';
import { parseTokenRequest } from '../token-request.parser.js';
import { TokenResponseIssuer } from '../token-response.issuer.js';
import { AuthorizationCodeGrant } from './authorization-code.grant.js';
import { resourceFixture } from '../../testing/resource.fixture.js';
import { ORIGIN } from '../../testing/request-origin.fixture.js';

const ISSUER = 'https://login.example.com';
const REDIRECT_URI = 'https://web.example.com/callback';
const VERIFIER = randomBytes(32).toString('base64url');
const CHALLENGE = createHash('sha256').update(VERIFIER).digest('base64url');
const WEB = clientFixture({ clientId: 'web', grantTypes: ['authorization_code'] });

class OneResourceStore extends ResourceStore {
  async findOffering() {
    return [resourceFixture({ identifier: 'urn:orders', name: 'Orders', scopes: ['orders:read'] })];
  }

  findNamed() {
    return this.findOffering();
  }
}

/** The grant with issuers that write down what they are asked for. */
function setUp(singleUse: SingleUseStore = new MemorySingleUseStore()) {
  const store = new OneResourceStore();
  const codes = new AuthorizationCodeStore(singleUse);
  const grants = new StandingGrants();
  const audit = new RecordedAudit();
  const accessTokens = {
    issue: async (grant: AccessTokenGrant) => ({
      accessToken: JSON.stringify(grant),
      expiresInSeconds: 300,
    }),
  };
  const details = new AuthorizationDetailsResolver(
    { find: async () => null } as unknown as CachedAuthorizationDetailsTypes,
    store,
  );
  const refreshTokens = { issue: async (): Promise<string | null> => 'kwr_refresh' };
  const tokenGrant = new AuthorizationCodeGrant(
    codes,
    new GrantTargetResolver(new TargetResolver(store), store, { issuer: ISSUER }),
    grants as unknown as GrantService,
    new TokenResponseIssuer(
      accessTokens as AccessTokenIssuer,
      { issue: async (content: IdTokenContent) => JSON.stringify(content) } as IdTokenIssuer,
      details,
    ),
    audit,
    refreshTokens as unknown as RefreshTokenService,
    details,
  );
  const issue = (change: Partial<Grant> = {}) =>
    codes.issue(
      { grant: grantFixture(change), nonce: 'a nonce' },
      { clientId: 'web', redirectUri: REDIRECT_URI, codeChallenge: CHALLENGE, dpopJkt: null },
    );
  const redeem = async (
    code: string,
    change: Record<string, string | null> = {},
    client: Client = WEB,
  ): Promise<TokenResponse> => {
    const form = {
      grant_type: 'authorization_code',
      code,
      redirect_uri: REDIRECT_URI,
      code_verifier: VERIFIER,
      ...change,
    };
    const present = Object.entries(form).filter((e): e is [string, string] => e[1] !== null);
    const body = new URLSearchParams(present).toString();
    return tokenGrant.handle(client, parseTokenRequest(FormParameters.parse(body), ORIGIN));
  };
  return { singleUse, codes, grants, audit, accessTokens, refreshTokens, issue, redeem };
}

function grantFixture(change: Partial<Grant>): Grant {
  return {
    grantId: randomUUID(),
    accountId: 'alice',
    clientId: 'web',
    sid: 's1',
    scope: ['openid', 'orders:read'],
    resources: ['urn:orders'],
    authenticatedAt: new Date(1_700_000_000_999),
    acr: 'urn:acr',
    amr: ['pwd'],
    expiresAt: new Date(1_900_000_000_000),
    ...change,
  };
}

describe('AuthorizationCodeGrant', () => {
  it('gives the tokens of the grant, and records it', async () => {
    const { issue, redeem, grants, audit } = setUp();
    const grant = grantFixture({});
    const response = await redeem(await issue(grant));
    expect(response).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 300,
      scope: 'openid orders:read',
      id_token: JSON.stringify({ grant, nonce: 'a nonce', accessToken: response.access_token }),
      refresh_token: 'kwr_refresh',
    });
    expect(JSON.parse(response.access_token)).toEqual({
      subject: 'alice',
      clientId: 'web',
      scope: ['openid', 'orders:read'],
      audience: ['urn:orders', ISSUER],
      grant: JSON.parse(JSON.stringify(grant)),
      confirmation: null,
      authorizationDetails: [],
    });
    expect(grants.causes).toEqual(new Map([[grant.grantId, null]]));
    expect(audit.events).toMatchObject([{ type: 'code.redeemed', grantId: grant.grantId }]);
  });

  it('gives no ID token without openid, and no refresh token where there is none', async () => {
    const { issue, redeem, refreshTokens } = setUp();
    refreshTokens.issue = async () => null;
    const response = await redeem(await issue({ scope: ['orders:read'] }));
    expect(Object.keys(response).sort()).toEqual([
      'access_token',
      'expires_in',
      'scope',
      'token_type',
    ]);
  });

  it('narrows the token to the resources that are asked for', async () => {
    const { issue, redeem } = setUp();
    const response = await redeem(await issue(), { resource: 'urn:orders' });
    expect(JSON.parse(response.access_token)).toMatchObject({
      scope: ['orders:read'],
      audience: ['urn:orders'],
    });
    expect(response).toMatchObject({ scope: 'orders:read', id_token: expect.any(String) });
  });

  it.each<[string, Record<string, string | null>, new (text: string) => Error]>([
    ['no code', { code: null }, InvalidRequestError],
    ['an endless code', { code: 'a'.repeat(129) }, InvalidRequestError],
    ['an unknown code', { code: 'a'.repeat(43) }, InvalidGrantError],
    ['its verifier omitted', { code_verifier: null }, InvalidRequestError],
    ['a verifier of 42 characters', { code_verifier: 'a'.repeat(42) }, InvalidRequestError],
    ['a verifier of 129 characters', { code_verifier: 'a'.repeat(129) }, InvalidRequestError],
    ['a verifier with a space', { code_verifier: `${VERIFIER} ` }, InvalidRequestError],
    ['a verifier in another alphabet', { code_verifier: 'ä'.repeat(43) }, InvalidRequestError],
    ['another verifier', { code_verifier: 'a'.repeat(43) }, InvalidGrantError],
    ['the challenge for a verifier', { code_verifier: CHALLENGE }, InvalidGrantError],
    ['no redirect_uri', { redirect_uri: null }, InvalidRequestError],
    ['another redirect_uri', { redirect_uri: `${REDIRECT_URI}/` }, InvalidGrantError],
    ['an extra query', { redirect_uri: `${REDIRECT_URI}?a=b` }, InvalidGrantError],
    ['an upper-case host', { redirect_uri: 'https://WEB.example.com/callback' }, InvalidGrantError],
    ['a resource that was not granted', { resource: 'urn:payments' }, InvalidTargetError],
    ['a malformed resource', { resource: 'orders' }, InvalidTargetError],
    [
      'another verifier and a foreign resource',
      { code_verifier: 'a'.repeat(43), resource: 'urn:payments' },
      InvalidGrantError,
    ],
  ])('refuses a code with %s, and touches nothing', async (_, change, expected) => {
    const { issue, redeem, grants } = setUp();
    const code = await issue();
    await expect(redeem(code, change)).rejects.toThrow(expected);
    expect(grants.causes.size).toBe(0);
    await expect(redeem(code)).resolves.toHaveProperty('access_token');
  });

  it('refuses the code of another client, and touches nothing', async () => {
    const { issue, redeem, grants, audit } = setUp();
    const code = await issue();
    const thief = clientFixture({ clientId: 'thief' });
    await expect(redeem(code, {}, thief)).rejects.toThrow(InvalidGrantError);
    expect(grants.causes.size).toBe(0);
    expect(audit.events).toMatchObject([
      { type: 'code.refused', clientId: 'thief', reason: 'mismatched' },
    ]);
    await expect(redeem(code)).resolves.toHaveProperty('access_token');
  });

  it('says the same of every code that it refuses', async () => {
    const { issue, redeem } = setUp();
    const code = await issue();
    await redeem(code);
    const changes: Record<string, string>[] = [
      { code: 'a'.repeat(43) },
      { code_verifier: 'a'.repeat(43) },
      { redirect_uri: 'https://evil.example/' },
      {},
    ];
    for (const change of changes) {
      await expect(redeem(code, change)).rejects.toMatchObject({
        code: 'invalid_grant',
        description: 'the authorization code is invalid, expired or used up',
      });
    }
  });

  it('refuses a code after 60 seconds, but knows a replay long after', async () => {
    const { issue, redeem, grants } = setUp();
    const [late, used] = [await issue(), await issue()];
    await redeem(used);
    const realNow = Date.now;
    try {
      const now = realNow();
      Date.now = () => now + 61_000;
      await expect(redeem(late)).rejects.toThrow(InvalidGrantError);
      expect([...grants.causes.values()]).toEqual([null]);
      Date.now = () => now + 600_000;
      await expect(redeem(used)).rejects.toThrow(InvalidGrantError);
      expect([...grants.causes.values()]).toMatchObject([{ reason: 'code_replayed' }]);
    } finally {
      Date.now = realNow;
    }
  });

  it('rejects a code presented twice and revokes its grant', async () => {
    const { issue, redeem, grants, audit } = setUp();
    const grant = grantFixture({});
    const code = await issue(grant);
    await redeem(code);
    await expect(redeem(code)).rejects.toThrow(InvalidGrantError);
    expect(grants.causes.get(grant.grantId)).toEqual({
      reason: 'code_replayed',
      by: 'client web',
    });
    expect(audit.events.at(-1)).toMatchObject({
      type: 'code.replayed',
      grantId: grant.grantId,
      accountId: 'alice',
    });
  });

  it('ends the grant by a replay even before the winner records it', async () => {
    const { issue, redeem, grants } = setUp();
    const code = await issue();
    let record = () => undefined as void;
    grants.beforeCreate = () => new Promise((resolve) => (record = resolve));
    const winner = redeem(code);
    await new Promise((resolve) => setImmediate(resolve));
    await expect(redeem(code)).rejects.toThrow(InvalidGrantError);
    record();
    // It was first, and is answered; what it gets has ended, and nothing renews it.
    const { refresh_token } = await winner;
    expect(refresh_token).toBeUndefined();
    expect([...grants.causes.values()]).toMatchObject([{ reason: 'code_replayed' }]);
  });

  it.each([
    ['answers the winner without one where a replay', 'code_replayed', true],
    ['refuses where a sign-out', 'signed_out', false],
  ])('%s ends the grant before its refresh token is kept', async (_, reason, isAnswered) => {
    const { issue, redeem, grants, refreshTokens } = setUp();
    const grant = grantFixture({});
    refreshTokens.issue = async () => {
      await grants.revoke(grant.grantId, { reason, by: 'test' });
      throw new InvalidGrantError('the grant has been revoked');
    };
    const redeemed = redeem(await issue(grant));
    if (isAnswered) {
      await expect(redeemed).resolves.toHaveProperty('access_token');
      await expect(redeemed).resolves.not.toHaveProperty('refresh_token');
    } else await expect(redeemed).rejects.toThrow(InvalidGrantError);
  });

  it('gives nothing for a grant that something else ended before it began', async () => {
    const { issue, redeem, grants } = setUp();
    const grant = grantFixture({});
    const code = await issue(grant);
    grants.causes.set(grant.grantId, { reason: 'signed_out', by: 'account alice' });
    await expect(redeem(code)).rejects.toThrow(InvalidGrantError);
    const unrecorded = await issue();
    grants.create = async () => false;
    await expect(redeem(unrecorded)).rejects.toThrow(InvalidGrantError);
  });

  it.each(['a token cannot be signed', 'the grant cannot be recorded'])(
    'keeps the code good for another try where %s',
    async (what) => {
      const { issue, redeem, grants, accessTokens } = setUp();
      const { beforeCreate } = grants;
      const { issue: sign } = accessTokens;
      const down = async () => Promise.reject(new TemporarilyUnavailableError('down'));
      if (what.includes('signed')) accessTokens.issue = down;
      else grants.beforeCreate = down;
      const code = await issue();
      await expect(redeem(code)).rejects.toThrow(TemporarilyUnavailableError);
      accessTokens.issue = sign;
      grants.beforeCreate = beforeCreate;
      await expect(redeem(code)).resolves.toHaveProperty('access_token');
      expect([...grants.causes.values()]).toEqual([null]);
    },
  );

  it('ends a grant whose refresh token could not be kept, at the next try', async () => {
    const { issue, redeem, grants, refreshTokens } = setUp();
    refreshTokens.issue = async () => Promise.reject(new TemporarilyUnavailableError('down'));
    const code = await issue();
    await expect(redeem(code)).rejects.toThrow(TemporarilyUnavailableError);
    await expect(redeem(code)).rejects.toThrow(InvalidGrantError);
    expect([...grants.causes.values()]).toMatchObject([{ reason: 'code_replayed' }]);
  });
});

describeWithRedis('AuthorizationCodeGrant over two processes', (redis) => {
  const connections: RedisConnection[] = [];
  afterAll(() => connections.forEach((connection) => connection.onApplicationShutdown()));

  async function connect(): Promise<SingleUseStore> {
    const connection = new RedisConnection({ ...redis(), requireNoEviction: false });
    await connection.onModuleInit();
    connections.push(connection);
    return new RedisSingleUseStore(connection);
  }

  it('gives exactly one of ten parallel redemptions tokens, and ends the grant', async () => {
    const [first, second] = [setUp(await connect()), setUp(await connect())];
    for (let round = 0; round < 20; round += 1) {
      const grant = grantFixture({});
      const code = await first.issue(grant);
      const outcomes = await Promise.allSettled(
        Array.from({ length: 10 }, (_, index) => (index % 2 ? first : second).redeem(code)),
      );
      const refusals = outcomes.filter(({ status }) => status === 'rejected');
      expect(refusals).toHaveLength(9);
      for (const outcome of refusals) {
        expect((outcome as PromiseRejectedResult).reason).toBeInstanceOf(InvalidGrantError);
      }
      const replays = [first, second].flatMap(({ audit }) =>
        audit.events.filter((e) => e.type === 'code.replayed' && e.grantId === grant.grantId),
      );
      expect(replays).toHaveLength(9);
    }
  });
});
