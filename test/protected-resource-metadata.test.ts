/** Protected-resource metadata (RFC 9728): what clients find, on both platforms, whatever the Host says. */
import { Controller, Get, VersioningType } from '@nestjs/common';
import { AnyScope, Authenticated, Public, Scopes } from '@keyward/auth';
import {
  PLATFORMS,
  ResourceServer,
  type ResourceServerOptions,
} from './support/resource-server.js';
import { createSigningKey } from './support/token-forge.js';

const RESOURCE = 'https://api.example/orders';
const PATH = '/.well-known/oauth-protected-resource/orders';
const key = createSigningKey('ES256', 'ec-1');
const trusts = ['https://as.example', 'https://other.example'].map((issuer) => ({
  issuer,
  audience: RESOURCE,
  jwks: { keys: [key.jwk] },
}));

@Controller('orders')
@Scopes('orders:read')
class OrdersController {
  @Get() list() {
    return [];
  }
  @Get('either') @AnyScope('orders:write', 'orders:own') either() {
    return [];
  }
  @Get('secret') @Scopes('orders:internal') secret() {
    return [];
  }
  @Get('open') @Public() open() {
    return [];
  }
}

@Controller()
class WildcardController {
  @Get('*') @Authenticated() everything() {
    return 'wildcard';
  }
}

describe.each(PLATFORMS)('on %s', (platform) => {
  let server: ResourceServer | undefined;
  afterEach(() => server?.stop());
  const start = async (options: Partial<ResourceServerOptions> = {}): Promise<ResourceServer> => {
    server = await ResourceServer.start(platform, {
      trusts,
      resourceMetadata: undefined,
      protectedResource: { resource: RESOURCE },
      controllers: [OrdersController],
      ...options,
    });
    return server;
  };

  it('says what the decorators, the trusts and the options say', async () => {
    const { status, headers, body } = await (
      await start({
        protectedResource: {
          resource: RESOURCE,
          name: 'Orders',
          documentation: 'https://api.example/docs',
          policyUri: 'https://api.example/privacy',
          termsOfServiceUri: 'https://api.example/terms',
          jwksUri: 'https://api.example/jwks',
          hiddenScopes: ['orders:internal'],
        },
      })
    ).send(PATH);
    expect(status).toBe(200);
    expect(headers['content-type']).toMatch(/^application\/json/);
    expect(JSON.parse(body)).toEqual({
      resource: RESOURCE,
      authorization_servers: ['https://as.example', 'https://other.example'],
      scopes_supported: ['orders:own', 'orders:read', 'orders:write'],
      bearer_methods_supported: ['header'],
      jwks_uri: 'https://api.example/jwks',
      resource_name: 'Orders',
      resource_documentation: 'https://api.example/docs',
      resource_policy_uri: 'https://api.example/privacy',
      resource_tos_uri: 'https://api.example/terms',
    });
  });

  it('says which proofs of a key are taken, where some are', async () => {
    const running = await start({ dpop: { publicUrl: 'https://api.example' } });
    expect(JSON.parse((await running.send(PATH)).body)).toMatchObject({
      dpop_signing_alg_values_supported: expect.arrayContaining(['ES256']),
    });
  });

  it('is named in every challenge by itself, and never after the Host header', async () => {
    const running = await start();
    const headers = { host: 'evil.example', 'x-forwarded-host': 'evil.example' };
    const challenge = (await running.send('/orders', { headers })).headers['www-authenticate'];
    expect(challenge).toBe(`Bearer resource_metadata="https://api.example${PATH}"`);
    const { body } = await running.send(PATH, { headers });
    expect(body).not.toContain('evil');
    expect(JSON.parse(body)).toMatchObject({ resource: RESOURCE });
  });

  it('may be kept, by pages of any origin too, and is sent once', async () => {
    const running = await start();
    const { headers } = await running.send(PATH);
    expect(headers['cache-control']).toBe('public, max-age=3600');
    expect(headers['access-control-allow-origin']).toBe('*');
    const etag = headers['etag'] ?? '';
    for (const known of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const again = await running.send(PATH, { headers: { 'if-none-match': known } });
      expect([again.status, again.body, again.headers['etag']]).toEqual([304, '', etag]);
    }
    const other = await running.send(PATH, { headers: { 'if-none-match': '"other"' } });
    expect(other.status).toBe(200);
  });

  it('answers HEAD, and knows no other path and no other method', async () => {
    const running = await start();
    const head = await running.send(PATH, { method: 'HEAD' });
    expect([head.status, head.body]).toEqual([200, '']);
    for (const path of [PATH.replace(/\/orders$/, ''), `${PATH}/1`]) {
      expect((await running.send(path)).status).toBe(404);
    }
    expect((await running.send(PATH, { method: 'POST' })).status).toBe(404);
  });

  it('stands beside a global prefix and versions', async () => {
    const running = await start({
      configure: (app) => {
        app.setGlobalPrefix('api');
        app.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' });
      },
    });
    expect((await running.send('/api/v1/orders/open')).status).toBe(200);
    const { status, body } = await running.send(PATH);
    expect([status, JSON.parse(body)]).toMatchObject([200, { resource: RESOURCE }]);
  });

  it('stands before a wildcard, and names no scopes where there are none', async () => {
    const running = await start({ controllers: [WildcardController] });
    expect((await running.send('/elsewhere')).status).toBe(401);
    const { status, body } = await running.send(PATH);
    expect([status, JSON.parse(body)]).toMatchObject([200, { resource: RESOURCE }]);
    expect(JSON.parse(body)).not.toHaveProperty('scopes_supported');
  });

  it('is at the root for a resource without a path', async () => {
    const protectedResource = { resource: 'https://api.example/' };
    const { status, body } = await (
      await start({ protectedResource })
    ).send('/.well-known/oauth-protected-resource');
    expect([status, JSON.parse(body)]).toMatchObject([200, protectedResource]);
  });

  it('is not served where nothing is said of it', async () => {
    expect((await (await start({ protectedResource: undefined })).send(PATH)).status).toBe(404);
  });

  it.each([
    'http://api.example/orders',
    'https://api.example/orders?x=1',
    'https://api.example/orders#x',
    'https://user:password@api.example/orders',
    'https://api.example/:id',
    'https://api.example/*',
    'orders',
  ])('does not start as %s', async (resource) => {
    await expect(start({ protectedResource: { resource } })).rejects.toBeInstanceOf(TypeError);
    server = undefined;
  });
});
