import { writeFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CertificateAuthority,
  certificateJwk,
  selfSigned,
  type TestCertificate,
} from '@keyward/auth-service/testing';
import { decodeJwt } from 'jose';
import * as client from 'openid-client';
import * as undici from 'undici';
import { freeLoopbackPort } from '../../support/free-loopback-port.js';
import { OpenIdProvider } from '../../support/openid-provider.js';

const MACHINE = {
  name: 'Machine',
  grant_types: ['client_credentials'],
  scope: 'orders:read',
  tls_client_certificate_bound_access_tokens: true,
};

describe('openid-client with a certificate', () => {
  let directory: string;
  let provider: OpenIdProvider;
  let serverAuthority: CertificateAuthority;
  let good: TestCertificate;
  let own: TestCertificate;
  let issuer: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'keyward-mtls-'));
    const file = async (name: string, text: string) => {
      await writeFile(join(directory, name), text);
      return join(directory, name);
    };
    serverAuthority = await CertificateAuthority.create('CN=Server Authority');
    const authority = await CertificateAuthority.create('CN=Client Authority');
    const names = [{ type: 'ip' as const, value: '127.0.0.1' }];
    const server = await serverAuthority.issue({ subject: 'CN=login', usage: 'server', names });
    good = await authority.issue({ subject: 'O=Example,CN=machine' });
    own = await selfSigned();
    const [port, mutualPort] = [await freeLoopbackPort(), await freeLoopbackPort()];
    issuer = `https://127.0.0.1:${port}`;
    provider = await OpenIdProvider.start({
      clients: [
        {
          ...MACHINE,
          client_id: 'machine',
          token_endpoint_auth_method: 'tls_client_auth',
          tls_client_auth: { kind: 'subject_dn', value: 'CN=machine,O=Example' },
        },
        {
          ...MACHINE,
          client_id: 'own',
          token_endpoint_auth_method: 'self_signed_tls_client_auth',
          jwks: { keys: [certificateJwk(own)] },
        },
      ],
      environment: {
        AUTH_PORT: String(port),
        AUTH_ISSUER: issuer,
        AUTH_TLS_CERT_FILE: await file('cert.pem', server.cert),
        AUTH_TLS_KEY_FILE: await file('key.pem', server.key),
        AUTH_TLS_CLIENT_CA_FILE: await file('ca.pem', authority.cert),
        AUTH_MTLS_PORT: String(mutualPort),
        AUTH_MTLS_ISSUER_URL: `https://127.0.0.1:${mutualPort}`,
      },
    });
  }, 120_000);
  afterAll(async () => {
    await provider.stop();
    await rm(directory, { recursive: true });
  });

  const discover = async (clientId: string, certificate: TestCertificate | undefined) => {
    const dispatcher = new undici.Agent({
      connect: {
        ca: serverAuthority.cert,
        ...(certificate && { cert: certificate.cert, key: certificate.key }),
      },
    });
    const customFetch: client.CustomFetch = async (url, options) =>
      (await undici.fetch(url, {
        ...(options as undici.RequestInit),
        dispatcher,
      })) as unknown as Response;
    const metadata = { use_mtls_endpoint_aliases: true };
    return client.discovery(new URL(issuer), clientId, metadata, client.TlsClientAuth(), {
      [client.customFetch]: customFetch,
    });
  };

  it.each<[string, () => TestCertificate]>([
    ['machine', () => good],
    ['own', () => own],
  ])('gets %s a token that is bound to its certificate, at the alias', async (id, certificate) => {
    const config = await discover(id, certificate());
    const { access_token: token } = await client.clientCredentialsGrant(config);
    const cnf = { 'x5t#S256': certificate().thumbprint };
    expect(decodeJwt(token)).toMatchObject({ client_id: id, cnf });
    // A client may ask about its own tokens, and authenticates there in the same way.
    const introspected = await client.tokenIntrospection(config, token);
    expect(introspected).toMatchObject({ active: true, cnf });
  });

  it.each<[string, string, () => Promise<TestCertificate> | TestCertificate | undefined]>([
    ['without one', 'machine', () => undefined],
    ['with the certificate of another client', 'machine', () => own],
    ['with another self-signed one', 'own', () => selfSigned()],
  ])('gets nothing %s', async (_, id, make) => {
    const config = await discover(id, await make());
    await expect(client.clientCredentialsGrant(config)).rejects.toMatchObject({
      status: 401,
    });
  });
});
