/** Client certificates behind a proxy that speaks TLS, at the authorization server and at resource servers (RFC 8705). */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CertificateAuthority,
  certificateJwk,
  selfSigned,
  type TestCertificate,
} from '@keyward/auth-service/testing';
import { decodeJwt } from 'jose';
import * as client from 'openid-client';
import {
  CERTIFICATE_HEADER,
  CertificateProxy,
  VERIFIED_HEADER,
} from './support/certificate-proxy.js';
import { freeLoopbackPort } from './support/free-loopback-port.js';
import { OpenIdProvider } from './support/openid-provider.js';
import { declare, ORDERS, type ProviderClient, PUBLIC } from './support/openid-provider.clients.js';
import { RelyingParty, type Tokens } from './support/relying-party.js';
import { PLATFORMS, ResourceServer } from './support/resource-server.js';

const PROXY = '127.0.0.1';
const TOKEN = '/oauth2/token';
const bound = { tls_client_certificate_bound_access_tokens: true };
const MACHINE = {
  name: 'Machine',
  grant_types: ['client_credentials'],
  scope: 'orders:read',
  ...bound,
};
const GRANT = { grant_type: 'client_credentials', scope: 'orders:read' };
const APP: ProviderClient = { ...PUBLIC, id: 'app', redirectUri: 'https://app.example.com/cb' };

describe('client certificates behind a proxy', () => {
  let authority: CertificateAuthority;
  let provider: OpenIdProvider;
  let proxy: CertificateProxy;
  let good: TestCertificate;
  let own: TestCertificate;
  let token: string;
  beforeAll(async () => {
    authority = await CertificateAuthority.create('CN=Client Authority');
    good = await authority.issue({ subject: 'O=Example,CN=machine' });
    own = await selfSigned();
    const port = await freeLoopbackPort();
    proxy = await CertificateProxy.start(() => port, authority);
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
        { ...declare(APP), ...bound },
      ],
      environment: {
        AUTH_PORT: String(port),
        AUTH_MTLS_ISSUER_URL: proxy.url,
        AUTH_TRUSTED_PROXIES: PROXY,
        AUTH_CLIENT_CERTIFICATE_HEADER: CERTIFICATE_HEADER,
        AUTH_CLIENT_CERTIFICATE_VERIFIED_HEADER: VERIFIED_HEADER,
      },
    });
    const { body } = await ask({ ...GRANT, client_id: 'machine' }, good);
    token = body.access_token;
  }, 90_000);
  afterAll(async () => {
    await proxy.stop();
    await provider.stop();
  });

  async function ask(
    form: Record<string, string>,
    certificate?: TestCertificate,
    headers: Record<string, string> = {},
  ) {
    const init = { method: 'POST', body: new URLSearchParams(form), headers };
    const response = await proxy.fetchWith(certificate)(`${proxy.url}${TOKEN}`, init);
    return {
      status: response.status,
      body: (await response.json()) as Tokens & { error?: string },
    };
  }

  it.each<[string, () => TestCertificate]>([
    ['machine', () => good],
    ['own', () => own],
  ])('openid-client gets %s a token that is bound to its certificate', async (id, certificate) => {
    const send = proxy.fetchWith(certificate());
    const customFetch = ((...request: Parameters<typeof send>) =>
      send(...request)) as unknown as client.CustomFetch;
    const config = await client.discovery(
      new URL(provider.issuer),
      id,
      { use_mtls_endpoint_aliases: true },
      client.TlsClientAuth(),
      { execute: [client.allowInsecureRequests], [client.customFetch]: customFetch },
    );
    const { access_token } = await client.clientCredentialsGrant(config);
    const cnf = { 'x5t#S256': certificate().thumbprint };
    expect(decodeJwt(access_token)).toMatchObject({ client_id: id, cnf });
    const introspected = await client.tokenIntrospection(config, access_token);
    expect(introspected).toMatchObject({ active: true, cnf });
  });

  it('a client is nobody without its certificate, and by that of another', async () => {
    const form = { ...GRANT, client_id: 'machine' };
    const stranger = await CertificateAuthority.create('CN=Client Authority');
    const sameName = await stranger.issue({ subject: 'O=Example,CN=machine' });
    for (const certificate of [undefined, own, sameName]) {
      const { status, body } = await ask(form, certificate);
      expect([status, body.error]).toEqual([401, 'invalid_client']);
    }
  });

  it('the proxy overwrites what a client claims, so that it makes nobody anybody', async () => {
    const claim = {
      [CERTIFICATE_HEADER]: encodeURIComponent(good.cert),
      [VERIFIED_HEADER]: 'SUCCESS',
    };
    const form = { ...GRANT, client_id: 'machine' };
    expect((await ask(form, undefined, claim)).status).toBe(401);
    expect((await ask(form, own, claim)).status).toBe(401);
    expect((await ask(form, good, claim)).status).toBe(200);
  });

  it('a refresh token of a public client belongs to its certificate', async () => {
    const party = new RelyingParty(provider, APP);
    const scope = 'openid offline_access orders:read';
    const form = {
      grant_type: 'authorization_code',
      client_id: APP.id,
      code: (await party.authorize({ scope })).get('code') ?? '',
      redirect_uri: APP.redirectUri,
      code_verifier: party.verifier,
    };
    // No certificate, no token; and the code is still good.
    expect((await ask(form)).body.error).toBe('invalid_request');
    const tokens = (await ask(form, own)).body;
    expect(decodeJwt(tokens.access_token)['cnf']).toEqual({ 'x5t#S256': own.thumbprint });

    const refresh = {
      grant_type: 'refresh_token',
      client_id: APP.id,
      refresh_token: tokens.refresh_token ?? '',
    };
    for (const thief of [good, await selfSigned()]) {
      const { status, body } = await ask(refresh, thief);
      expect([status, body.error]).toEqual([400, 'invalid_grant']);
    }
    expect((await ask(refresh)).status).toBe(400);
    // The thieves have not ended it.
    const refreshed = (await ask(refresh, own)).body;
    expect(decodeJwt(refreshed.access_token)['cnf']).toEqual({ 'x5t#S256': own.thumbprint });
  });

  describe.each(PLATFORMS)('a bound token at a resource server on %s', (platform) => {
    let server: ResourceServer;
    let elsewhere: ResourceServer;
    let front: CertificateProxy;
    const start = (trustedProxy: string) =>
      ResourceServer.start(platform, {
        trusts: [{ issuer: provider.issuer, audience: ORDERS }],
        clientCertificates: {
          header: CERTIFICATE_HEADER,
          verifiedHeader: VERIFIED_HEADER,
          trustedProxies: [trustedProxy],
        },
      });
    beforeAll(async () => {
      server = await start(PROXY);
      elsewhere = await start('192.0.2.1');
      front = await CertificateProxy.start(() => server.port, authority);
    });
    afterAll(async () => {
      await front.stop();
      await server.stop();
      await elsewhere.stop();
    });

    const read = async (certificate?: TestCertificate, headers: Record<string, string> = {}) => {
      server.forget();
      const response = await front.fetchWith(certificate)(`${front.url}/orders`, {
        headers: { authorization: `Bearer ${token}`, ...headers },
      });
      await response.text();
      return { status: response.status, challenge: response.headers.get('www-authenticate') };
    };
    const expectRefusal = (answer: Awaited<ReturnType<typeof read>>, reason: string) => {
      expect(answer.status).toBe(401);
      expect(answer.challenge).toMatch(/^Bearer error="invalid_token"/);
      expect(server.refusals).toMatchObject([{ stage: 'confirmation', reason }]);
      expect(server.reached).toEqual([]);
    };

    it('is taken from who proves its certificate, again and again', async () => {
      for (let i = 0; i < 2; i += 1) expect((await read(good)).status).toBe(200);
    });

    it('is refused without a certificate, and with another one', async () => {
      expectRefusal(await read(), 'certificate_missing');
      expectRefusal(await read(own), 'certificate_other');
      const sameName = await authority.issue({ subject: 'O=Example,CN=machine' });
      expectRefusal(await read(sameName), 'certificate_other');
    });

    it('is refused where the certificate is claimed in the header alone', async () => {
      const claim = {
        [CERTIFICATE_HEADER]: encodeURIComponent(good.cert),
        [VERIFIED_HEADER]: 'SUCCESS',
      };
      expectRefusal(await read(undefined, claim), 'certificate_missing');
      expectRefusal(await read(own, claim), 'certificate_other');
    });

    it('is refused with the header of an untrusted peer, which is nobody’s proxy', async () => {
      const headers = {
        authorization: `Bearer ${token}`,
        [CERTIFICATE_HEADER]: encodeURIComponent(good.cert),
      };
      const answer = await elsewhere.send('/orders', { headers });
      expect(answer.status).toBe(401);
      expect(elsewhere.refusals).toMatchObject([{ reason: 'certificate_header_untrusted' }]);
      expect(elsewhere.reached).toEqual([]);
    });
  });
});

describe('a certificate header at an authorization server that trusts another proxy', () => {
  it('is refused, audited, and makes nobody anybody', async () => {
    const authority = await CertificateAuthority.create('CN=Client Authority');
    const good = await authority.issue({ subject: 'O=Example,CN=machine' });
    const provider = await OpenIdProvider.start({
      clients: [
        {
          ...MACHINE,
          client_id: 'machine',
          token_endpoint_auth_method: 'tls_client_auth',
          tls_client_auth: { kind: 'subject_dn', value: 'CN=machine,O=Example' },
        },
      ],
      environment: {
        AUTH_TRUSTED_PROXIES: '192.0.2.1',
        AUTH_CLIENT_CERTIFICATE_HEADER: CERTIFICATE_HEADER,
        AUTH_CLIENT_CERTIFICATE_VERIFIED_HEADER: VERIFIED_HEADER,
      },
    });
    try {
      const claim = {
        [CERTIFICATE_HEADER]: encodeURIComponent(good.cert),
        [VERIFIED_HEADER]: 'SUCCESS',
      };
      const response = await fetch(`${provider.issuer}${TOKEN}`, {
        method: 'POST',
        headers: claim,
        body: new URLSearchParams({ ...GRANT, client_id: 'machine' }),
      });
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ error: 'invalid_request' });
      // A line of another process comes when it comes.
      const giveUpAt = Date.now() + 5000;
      while (!provider.output.includes('client.certificate_header') && Date.now() < giveUpAt) {
        await sleep(50);
      }
      expect(provider.output).toContain('client.certificate_header');
    } finally {
      await provider.stop();
    }
  }, 60_000);
});
