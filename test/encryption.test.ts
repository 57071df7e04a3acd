/** Encrypted tokens from end to end: auth-service encrypts, a resource server reads and exchanges what is inside. */
import { AccessToken, AccessTokenVerifier, Authenticated } from '@keyward/auth';
import { ACCESS_TOKEN_TYPE, TOKEN_EXCHANGE_GRANT } from '@keyward/oauth';
import { Controller, Get, Inject } from '@nestjs/common';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { askForToken, machine } from './support/exchange-landscape.js';
import { generateKeyPair } from './support/key-pair.js';
import { OpenIdProvider } from './support/openid-provider.js';
import { ORDERS, WEB } from './support/openid-provider.clients.js';
import { RelyingParty, type Tokens } from './support/relying-party.js';
import { PLATFORMS, ResourceServer } from './support/resource-server.js';

const VAULT = 'https://vault.example.com';
const KEY = generateKeyPair({ type: 'ec', namedCurve: 'P-256' });
const named = { kid: 'vault-1', use: 'enc' };

@Controller('vault')
class VaultController {
  constructor(@Inject(AccessTokenVerifier) private readonly verifier: AccessTokenVerifier) {}

  @Get()
  @Authenticated()
  tokens(@AccessToken() presented: string): object {
    return { presented, signed: this.verifier.signedTokenIn(presented) };
  }
}

describe('a token that is encrypted to a resource', () => {
  let provider: OpenIdProvider;
  let encrypted: string;
  beforeAll(async () => {
    provider = await OpenIdProvider.start({
      resources: [
        {
          identifier: VAULT,
          name: 'Vault',
          scopes: ['orders:read'],
          access_token_encryption: {
            alg: 'ECDH-ES',
            jwks: { keys: [{ ...KEY.publicKey.export({ format: 'jwk' }), ...named }] },
          },
        },
      ],
      clients: [
        {
          client_id: 'vault',
          name: 'Vault',
          token_endpoint_auth_method: 'client_secret_basic',
          client_secret: { env: 'CLIENT_SECRET' },
          grant_types: [TOKEN_EXCHANGE_GRANT],
          scope: 'orders:read',
          own_resource: VAULT,
          token_exchange: { resources: [ORDERS] },
        },
      ],
    });
    const party = new RelyingParty(provider, WEB);
    const resource = VAULT;
    const code = (await party.authorize({ scope: 'openid orders:read', resource })).get('code');
    // The token is for the resource alone; userinfo would be another audience.
    const response = await party.redeem(code, { resource });
    encrypted = ((await response.json()) as Tokens).access_token;
    expect(decodeProtectedHeader(encrypted)).toMatchObject({ alg: 'ECDH-ES', kid: named.kid });
  }, 60_000);
  afterAll(() => provider.stop());

  const exchange = (subject_token: string) =>
    askForToken(provider, machine('vault'), {
      grant_type: TOKEN_EXCHANGE_GRANT,
      subject_token,
      subject_token_type: ACCESS_TOKEN_TYPE,
      resource: ORDERS,
    });
  const introspect = async (token: string) =>
    (await provider.post('/oauth2/introspect', machine('vault'), { token })).json();

  it('is not one that the server can read: neither exchanged nor introspected', async () => {
    const answer = await exchange(encrypted);
    expect(answer.refusal).toBe('400 invalid_request');
    expect(answer.access_token).toBeUndefined();
    expect(await introspect(encrypted)).toEqual({ active: false });
    expect(provider.output).not.toContain(encrypted);
  });

  describe.each(PLATFORMS)('on %s', (platform) => {
    let server: ResourceServer;
    beforeAll(async () => {
      const jwk = { ...KEY.privateKey.export({ format: 'jwk' }), ...named };
      server = await ResourceServer.start(platform, {
        trusts: [{ issuer: provider.issuer, audience: VAULT, decryption: { keys: [jwk] } }],
        controllers: [VaultController],
      });
    });
    afterAll(() => server.stop());

    it('is read by it, and the signed token inside is exchanged for the next resource', async () => {
      const answer = await server.get('/vault', encrypted);
      expect(answer.status).toBe(200);
      const { presented, signed } = JSON.parse(answer.body) as Record<string, string>;
      expect(presented).toBe(encrypted);
      expect(decodeJwt(signed ?? '')).toMatchObject({ aud: VAULT, sub: provider.alice.accountId });
      expect(await introspect(signed ?? '')).toMatchObject({ active: true, aud: VAULT });

      const exchanged = await exchange(signed ?? '');
      expect(exchanged.refusal).toBeNull();
      expect(decodeJwt(exchanged.access_token ?? '')).toMatchObject({
        aud: ORDERS,
        sub: provider.alice.accountId,
        act: { sub: 'vault' },
        grant_id: decodeJwt(signed ?? '')['grant_id'],
      });
    });

    it('refuses the signed token by itself, which could have been read on its way', async () => {
      const { signed } = JSON.parse((await server.get('/vault', encrypted)).body) as {
        signed: string;
      };
      const answer = await server.get('/vault', signed);
      expect(answer.status).toBe(401);
      expect(server.refusals).toMatchObject([{ reason: 'not_encrypted' }]);
      expect(server.reached).toEqual([]);
    });
  });
});
