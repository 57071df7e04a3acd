import { createHash } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { type TokenResponse } from '@keyward/oauth';
import {
  compactDecrypt,
  createRemoteJWKSet,
  type CryptoKey,
  decodeJwt,
  decodeProtectedHeader,
  exportJWK,
  generateKeyPair,
  jwtVerify,
} from 'jose';
import { bootstrapDocument, ORDERS } from '../testing/bootstrap.fixture.js';
import { CodeFlow } from '../testing/code-flow.js';
import { basic, ISSUER, TestApplication } from '../testing/test-application.js';

const EC = await generateKeyPair('ECDH-ES', { crv: 'P-256', extractable: true });
const X25519 = await generateKeyPair('ECDH-ES', { crv: 'X25519', extractable: true });
const RSA = await generateKeyPair('RSA-OAEP-256', { extractable: true });
const jwksOf = async (key: CryptoKey, kid: string) => ({
  keys: [{ ...(await exportJWK(key)), kid, use: 'enc' }],
});

/** Where the resource `remote` publishes its key, as each test wants it. */
let publish: (response: ServerResponse) => void;
const REMOTE_JWKS = await jwksOf(RSA.publicKey, 'remote-1');
const servesKeys = (response: ServerResponse) => response.end(JSON.stringify(REMOTE_JWKS));

describe('encrypted tokens', () => {
  let server: TestApplication;
  const publisher = createServer((_, response) => publish(response));
  beforeAll(async () => {
    await new Promise<void>((resolve) => publisher.listen(0, '127.0.0.1', resolve));
    const { port } = publisher.address() as AddressInfo;
    const good = bootstrapDocument();
    const web = await jwksOf(EC.publicKey, 'web-1');
    server = await TestApplication.start({
      bootstrap: {
        ...good,
        resources: [
          ...good.resources,
          {
            identifier: 'urn:vault',
            name: 'Vault',
            scopes: ['vault:read'],
            access_token_encryption: {
              alg: 'ECDH-ES',
              jwks: await jwksOf(EC.publicKey, 'vault-1'),
            },
          },
          {
            identifier: 'urn:safe',
            name: 'Safe',
            scopes: ['safe:read'],
            access_token_encryption: {
              alg: 'ECDH-ES',
              jwks: await jwksOf(X25519.publicKey, 'safe-1'),
            },
          },
          {
            identifier: 'urn:remote',
            name: 'Remote',
            scopes: ['remote:read'],
            access_token_encryption: {
              alg: 'RSA-OAEP-256',
              jwks_uri: `http://127.0.0.1:${port}/jwks`,
            },
          },
        ],
        clients: good.clients.map((client) => {
          switch (client.client_id) {
            case 'shop':
              return { ...client, scope: 'orders:read vault:read safe:read remote:read' };
            case 'web':
              return {
                ...client,
                scope: `${client.scope} vault:read`,
                jwks: web,
                id_token_encryption: { alg: 'ECDH-ES' as const },
              };
            case 'payments':
              return { ...client, own_resource: 'urn:vault' };
            default:
              return client;
          }
        }),
      },
    });
  });
  afterAll(async () => {
    await server.stop();
    publisher.closeAllConnections();
    publisher.close();
  });

  const decrypt = async (jwe: string, key: CryptoKey) =>
    Buffer.from((await compactDecrypt(jwe, key)).plaintext).toString();
  const verify = async (jws: string) =>
    jwtVerify(jws, createRemoteJWKSet(new URL(server.url('/.well-known/jwks.json'))), {
      issuer: ISSUER,
    });
  const request = (form: Record<string, string>) =>
    server.post('/oauth2/token', { grant_type: 'client_credentials', ...form }, basic('shop'));

  it('are never sent in the clear while the key is out of reach, and come once it is there', async () => {
    publish = (response) => void response.writeHead(500).end();
    const refused = await request({ resource: 'urn:remote' });
    expect(refused.status).toBe(503);
    expect(refused.headers.get('retry-after')).toBe('2');
    expect(await refused.json()).toMatchObject({ error: 'temporarily_unavailable' });
    publish = servesKeys;
    await new Promise((resolve) => setTimeout(resolve, 2100));
    expect((await request({ resource: 'urn:remote' })).status).toBe(200);
  });

  it.each([
    ['P-256', 'urn:vault', EC, { alg: 'ECDH-ES', kid: 'vault-1' }],
    ['X25519', 'urn:safe', X25519, { alg: 'ECDH-ES', kid: 'safe-1' }],
    ['RSA at its jwks_uri', 'urn:remote', RSA, { alg: 'RSA-OAEP-256', kid: 'remote-1' }],
  ])('are signed, then encrypted to the key of %s', async (_, resource, { privateKey }, header) => {
    publish = servesKeys;
    const { access_token: jwe } = await server.token('shop', { resource });
    const { epk: _epk, ...rest } = decodeProtectedHeader(jwe);
    expect(rest).toEqual({ ...header, enc: 'A256GCM', typ: 'at+jwt', cty: 'JWT' });
    const { payload, protectedHeader } = await verify(await decrypt(jwe, privateKey));
    expect(protectedHeader.typ).toBe('at+jwt');
    expect(payload).toMatchObject({ aud: resource, client_id: 'shop' });
  });

  it('are for one resource alone', async () => {
    const forms: Record<string, string>[] = [{}, { scope: 'orders:read vault:read' }];
    for (const form of forms) {
      const response = await request(form);
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ error: 'invalid_target' });
    }
    const { access_token: plain } = await server.token('shop', { resource: ORDERS });
    expect(plain.split('.')).toHaveLength(3);
  });

  describe('of a person', () => {
    const tokensOf = async (response: Response) => {
      expect(response.status).toBe(200);
      return (await response.json()) as TokenResponse;
    };

    it('hold at_hash over the access token as it is sent, in an ID token encrypted to the client', async () => {
      const flow = new CodeFlow(server);
      const code = await flow.code({ scope: 'openid vault:read offline_access' });
      const refused = await flow.redeem(code);
      expect(refused.status).toBe(400);
      expect(await refused.json()).toMatchObject({ error: 'invalid_target' });
      // Nothing was used up by that.
      const tokens = await tokensOf(await flow.redeem(code, { resource: 'urn:vault' }));
      const idToken = tokens.id_token ?? '';
      expect(decodeProtectedHeader(idToken)).toMatchObject({
        alg: 'ECDH-ES',
        enc: 'A256GCM',
        kid: 'web-1',
        typ: 'JWT',
        cty: 'JWT',
      });
      const { payload } = await verify(await decrypt(idToken, EC.privateKey));
      const half = createHash('sha256').update(tokens.access_token).digest().subarray(0, 16);
      expect(payload).toMatchObject({ aud: 'web', at_hash: half.toString('base64url') });

      const refresh = (form: Record<string, string>) =>
        server.post(
          '/oauth2/token',
          { grant_type: 'refresh_token', refresh_token: tokens.refresh_token ?? '', ...form },
          basic('web'),
        );
      expect((await refresh({})).status).toBe(400);
      const refreshed = await tokensOf(await refresh({ resource: 'urn:vault' }));
      expect(decodeProtectedHeader(refreshed.access_token)).toMatchObject({ kid: 'vault-1' });
      expect(decodeProtectedHeader(refreshed.id_token ?? '')).toMatchObject({ kid: 'web-1' });
    });
  });

  it('are introspected and revoked by what is inside alone', async () => {
    const { access_token: jwe } = await server.token('shop', { resource: 'urn:vault' });
    const jws = await decrypt(jwe, EC.privateKey);
    const introspect = async (token: string) =>
      (await server.post('/oauth2/introspect', { token }, basic('payments'))).json();
    expect(await introspect(jwe)).toEqual({ active: false });
    expect(await introspect(jws)).toMatchObject({ active: true, jti: decodeJwt(jws).jti });
    const revoke = (token: string) => server.post('/oauth2/revoke', { token }, basic('shop'));
    const refused = await revoke(jwe);
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({ error: 'unsupported_token_type' });
    expect(await introspect(jws)).toMatchObject({ active: true });
    expect((await revoke(jws)).status).toBe(200);
    expect(await introspect(jws)).toEqual({ active: false });
  });
});
