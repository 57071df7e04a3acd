/** oidc-provider on the same Redis, issuing the same kind of access token. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair } from 'jose';
import Provider, { type ClientMetadata } from 'oidc-provider';
import './busy.probe.js';
import { connectTo, RedisAdapter } from './redis.adapter.js';

/** The resource whose tokens are JWTs; those of any other are opaque, and so can be introspected. */
const JWT_RESOURCE = 'https://orders.example.com';
const REFRESH_TOKENS = 2000;
const ACCOUNT = 'alice';
const SCOPE = 'orders:read';

const [clientId = '', clientSecret = ''] = (process.env['BENCH_CLIENT'] ?? '').split(' ');
const redis = connectTo(process.env['REDIS_URL'] ?? '');
await redis.connect();
const { privateKey } = await generateKeyPair('ES256', { extractable: true });

const client: ClientMetadata = {
  client_id: clientId,
  client_secret: clientSecret,
  token_endpoint_auth_method: 'client_secret_basic',
  grant_types: ['client_credentials', 'refresh_token', 'authorization_code'],
  response_types: ['code'],
  id_token_signed_response_alg: 'ES256',
  redirect_uris: ['https://shop.example.com/callback'],
};

const provider = new Provider('http://127.0.0.1', {
  adapter: class extends RedisAdapter {
    constructor(name: string) {
      super(name, redis);
    }
  },
  clients: [client],
  jwks: { keys: [{ ...(await exportJWK(privateKey)), alg: 'ES256', use: 'sig' }] },
  findAccount: (_context, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
  rotateRefreshToken: true,
  scopes: ['openid', 'offline_access', SCOPE],
  ttl: { AccessToken: 300, ClientCredentials: 300, RefreshToken: 86_400, Grant: 86_400 },
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    introspection: { enabled: true, allowedPolicy: () => true },
    resourceIndicators: {
      enabled: true,
      useGrantedResource: () => true,
      getResourceServerInfo: (_context, resource) => ({
        scope: SCOPE,
        audience: resource,
        accessTokenTTL: 300,
        accessTokenFormat: resource === JWT_RESOURCE ? 'jwt' : 'opaque',
        jwt: { sign: { alg: 'ES256' } },
      }),
    },
  },
});

const found = await provider.Client.find(clientId);
if (found === undefined) throw new Error('the client is not configured');

/** What a sign-in would have left behind. */
async function createRefreshToken(): Promise<string> {
  const grant = new provider.Grant({ accountId: ACCOUNT, clientId });
  grant.addOIDCScope('offline_access');
  grant.addResourceScope(JWT_RESOURCE, SCOPE);
  const grantId = await grant.save();
  const token = new provider.RefreshToken({
    accountId: ACCOUNT,
    client: found as NonNullable<typeof found>,
    grantId,
    gty: 'authorization_code',
    scope: `offline_access ${SCOPE}`,
    resource: JWT_RESOURCE,
  });
  return token.save();
}

const [codeCount = 0, codeChallenge = ''] = (process.env['BENCH_CODES'] ?? '').split(' ');

/** What the end of a sign-in is, so many times. */
function createCodes(): Promise<string[]> {
  return Promise.all(
    Array.from({ length: Number(codeCount) }, async () => {
      const grant = new provider.Grant({ accountId: ACCOUNT, clientId });
      grant.addOIDCScope('offline_access');
      grant.addResourceScope(JWT_RESOURCE, SCOPE);
      const code = new provider.AuthorizationCode({
        accountId: ACCOUNT,
        client: found as NonNullable<typeof found>,
        grantId: await grant.save(),
        gty: 'authorization_code',
        redirectUri: 'https://shop.example.com/callback',
        scope: `offline_access ${SCOPE}`,
        resource: JWT_RESOURCE,
        codeChallenge,
        codeChallengeMethod: 'S256',
      });
      return code.save();
    }),
  );
}

const refreshTokens: string[] = [];
for (let index = 0; index < REFRESH_TOKENS; index += 1) {
  refreshTokens.push(await createRefreshToken());
}

const handle = provider.callback();
const server = createServer((request, response) => {
  if (request.url === '/refresh-tokens') response.end(JSON.stringify(refreshTokens));
  else if (request.url === '/codes') {
    createCodes().then(
      (codes) => response.end(JSON.stringify(codes)),
      (error: unknown) => response.destroy(error as Error),
    );
  } else void handle(request, response);
}).listen(0, '127.0.0.1');
await once(server, 'listening');
process.send?.({ port: (server.address() as AddressInfo).port });
