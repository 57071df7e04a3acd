/** The introspection client against real authorization servers: auth-service, and oidc-provider. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import {
  AccessTokenVerifier,
  createTrusts,
  type IntrospectionCredentials,
  IntrospectionUnavailableError,
  LoggingAuthObserver,
  type Principal,
  RefusedTokenError,
  type TrustOptions,
} from '@keyward/auth';
import { Logger } from '@nestjs/common';
import { exportJWK, generateKeyPair } from 'jose';
import Provider from 'oidc-provider';
import { OpenIdProvider } from './support/openid-provider.js';
import { CLIENT_SECRET, ORDERS, type ProviderClient } from './support/openid-provider.clients.js';
import { generateKeyPair as generateKeys } from './support/key-pair.js';

Logger.overrideLogger(false);

const KEYS = generateKeys({ type: 'ec', namedCurve: 'P-256' });
const SHOP: ProviderClient = {
  id: 'shop',
  method: 'client_secret_basic',
  secret: CLIENT_SECRET,
  redirectUri: '',
  postLogoutRedirectUri: '',
};

const verifierOf = (trust: TrustOptions): AccessTokenVerifier =>
  new AccessTokenVerifier(createTrusts([trust], new LoggingAuthObserver(), Date.now));

async function refusalOf(asked: Principal | Promise<Principal>): Promise<string> {
  try {
    await asked;
  } catch (error) {
    if (error instanceof RefusedTokenError) return error.reason;
    if (error instanceof IntrospectionUnavailableError) return error.reason;
    throw error;
  }
  return 'accepted';
}

/** A resource server as a client of the authorization server, which it introspects at. */
const resourceServer = (id: string, authentication: object): object => ({
  client_id: id,
  name: `Orders by ${id}`,
  grant_types: [],
  scope: '',
  own_resource: ORDERS,
  ...authentication,
});

describe('with auth-service', () => {
  let provider: OpenIdProvider;
  beforeAll(async () => {
    const jwk = { ...KEYS.publicKey.export({ format: 'jwk' }), kid: 'rs-1' };
    const secret = { client_secret: { env: 'CLIENT_SECRET' } };
    provider = await OpenIdProvider.start({
      clients: [
        {
          client_id: SHOP.id,
          name: 'Shop',
          token_endpoint_auth_method: 'client_secret_basic',
          grant_types: ['client_credentials'],
          scope: 'orders:read orders:write',
          ...secret,
        },
        resourceServer('posting-rs', {
          token_endpoint_auth_method: 'client_secret_post',
          ...secret,
        }),
        resourceServer('key-rs', {
          token_endpoint_auth_method: 'private_key_jwt',
          jwks: { keys: [jwk] },
        }),
      ],
    });
  });
  afterAll(() => provider.stop());

  const basic = { clientId: 'orders', clientSecret: CLIENT_SECRET };
  const trust = (client: IntrospectionCredentials, signedResponse = false): TrustOptions => ({
    issuer: provider.issuer,
    audience: ORDERS,
    introspection: { client, signedResponse },
  });
  async function token(): Promise<string> {
    const form = { grant_type: 'client_credentials', scope: 'orders:read' };
    const response = await provider.post('/oauth2/token', SHOP, form);
    return ((await response.json()) as { access_token: string }).access_token;
  }

  describe.each([
    ['plain', false],
    ['signed', true],
  ])('whose answers are %s', (_, signed) => {
    it.each<[string, () => IntrospectionCredentials]>([
      ['client_secret_basic', () => basic],
      [
        'client_secret_post',
        () => ({
          clientId: 'posting-rs',
          method: 'client_secret_post',
          clientSecret: CLIENT_SECRET,
        }),
      ],
      [
        'private_key_jwt',
        () => ({
          clientId: 'key-rs',
          method: 'private_key_jwt',
          privateKey: KEYS.privateKey,
          algorithm: 'ES256',
          keyId: 'rs-1',
        }),
      ],
    ])('knows by %s at once what was revoked', async (__, client) => {
      const [verifier, revoked] = [verifierOf(trust(client(), signed)), await token()];
      expect(await verifier.introspect(revoked, 0)).toMatchObject({
        issuer: provider.issuer,
        clientId: SHOP.id,
        scopes: ['orders:read'],
      });
      await provider.post('/oauth2/revoke', SHOP, { token: revoked });
      expect(await refusalOf(verifier.introspect(revoked, 0))).toBe('inactive');
      // Local validation alone cannot know.
      expect(await refusalOf(verifier.verify(revoked))).toBe('accepted');
    });
  });

  it('cannot tell where its own credentials are wrong', async () => {
    const verifier = verifierOf(trust({ ...basic, clientSecret: 'guessed' }));
    expect(await refusalOf(verifier.introspect(await token(), 0))).toBe(
      'introspection_unavailable',
    );
  });

  it('says inactive of a token that does not concern the one who asks', async () => {
    const client: IntrospectionCredentials = { clientId: 'web', clientSecret: CLIENT_SECRET };
    expect(await refusalOf(verifierOf(trust(client)).introspect(await token(), 0))).toBe(
      'inactive',
    );
  });

  it('cannot tell once auth-service is gone', async () => {
    const [verifier, live] = [verifierOf(trust(basic)), await token()];
    await verifier.introspect(live, 0);
    await provider.replicas[0]?.kill();
    expect(await refusalOf(verifier.introspect(live, 0))).toBe('introspection_unavailable');
    expect(await refusalOf(verifier.verify(live))).toBe('accepted');
  });
});

describe('with oidc-provider, whose tokens are opaque', () => {
  let server: Server;
  let issuer: string;
  const secret = 'a-secret-of-sufficient-length-for-everyone';

  beforeAll(async () => {
    server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { privateKey } = await generateKeyPair('ES256', { extractable: true });
    const client = {
      client_secret: secret,
      grant_types: ['client_credentials'],
      response_types: [],
      redirect_uris: [],
      id_token_signed_response_alg: 'ES256' as const,
      introspection_signed_response_alg: 'ES256' as const,
    };
    const provider = new Provider(issuer, {
      clients: [
        { ...client, client_id: 'shop' },
        { ...client, client_id: 'orders' },
      ],
      jwks: { keys: [{ ...(await exportJWK(privateKey)), kid: 'op-1', alg: 'ES256', use: 'sig' }] },
      scopes: ['orders:read'],
      features: {
        devInteractions: { enabled: false },
        clientCredentials: { enabled: true },
        introspection: { enabled: true, allowedPolicy: () => true },
        jwtIntrospection: { enabled: true },
        revocation: { enabled: true },
        resourceIndicators: {
          enabled: true,
          getResourceServerInfo: (_context, resource) => ({
            scope: 'orders:read',
            audience: resource,
            accessTokenTTL: 300,
            accessTokenFormat: 'opaque',
          }),
        },
      },
    });
    const handle = provider.callback();
    server.on('request', (request, response) => void handle(request, response));
  });
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const post = (path: string, form: Record<string, string>): Promise<Response> =>
    fetch(`${issuer}${path}`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`shop:${secret}`).toString('base64')}` },
      body: new URLSearchParams(form),
    });
  async function token(resource = ORDERS): Promise<string> {
    const form = { grant_type: 'client_credentials', scope: 'orders:read', resource };
    const answer = (await (await post('/token', form)).json()) as { access_token?: string };
    if (answer.access_token === undefined) throw new Error(JSON.stringify(answer));
    return answer.access_token;
  }
  const trust = (signedResponse: boolean): TrustOptions => ({
    issuer,
    audience: ORDERS,
    tokens: 'opaque',
    introspection: {
      client: { clientId: 'orders', clientSecret: secret },
      signedResponse,
      // A client that acts for itself has no subject there.
      requiredClaims: ['client_id'],
    },
  });

  it.each([
    ['plain', false],
    ['signed', true],
  ])('reads its %s answers', async (_, signed) => {
    const verifier = verifierOf(trust(signed));
    const opaque = await token();
    expect(opaque.split('.')).toHaveLength(1);
    expect(await verifier.verify(opaque)).toMatchObject({
      issuer,
      clientId: 'shop',
      audience: [ORDERS],
      scopes: ['orders:read'],
    });
    await post('/token/revocation', { token: opaque });
    expect(await refusalOf(verifier.introspect(opaque, 0))).toBe('inactive');
  });

  it('refuses a token for another resource, and one that is none', async () => {
    const verifier = verifierOf(trust(false));
    expect(await refusalOf(verifier.verify(await token('https://other.example')))).toBe('audience');
    expect(await refusalOf(verifier.verify('never-issued'))).toBe('inactive');
  });
});
