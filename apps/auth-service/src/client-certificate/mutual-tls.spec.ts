import { AuditRecord } from '../audit/audit.record.js';
import { basic, ISSUER } from '../testing/test-application.js';
import {
  CertificateAuthority,
  certificateJwk,
  escapedPem,
  selfSigned,
  type TestCertificate,
} from '../testing/certificate.authority.js';
import { MutualTlsApplication } from '../testing/mutual-tls.fixture.js';

const TOKEN = '/oauth2/token';
const GRANT = { grant_type: 'client_credentials' };
const FAILED = { error: 'invalid_client', error_description: 'client authentication failed' };
const SUBJECT_DN = 'CN=machine,O=Example';

// Most significant first, as certificates have it.
const SUBJECT = 'O=Example,CN=machine';

describe('mutual TLS at the authorization server', () => {
  let authority: CertificateAuthority;
  let tls: MutualTlsApplication;
  let good: TestCertificate;
  let own: TestCertificate;
  beforeAll(async () => {
    authority = await CertificateAuthority.create();
    good = await authority.issue({ subject: SUBJECT });
    own = await selfSigned();
    const machine = {
      name: 'Machine',
      grant_types: ['client_credentials'],
      scope: 'orders:read',
    };
    tls = await MutualTlsApplication.start(authority, [
      {
        ...machine,
        client_id: 'machine',
        token_endpoint_auth_method: 'tls_client_auth',
        tls_client_auth: { kind: 'subject_dn', value: SUBJECT_DN },
      },
      {
        ...machine,
        client_id: 'host',
        token_endpoint_auth_method: 'tls_client_auth',
        tls_client_auth: { kind: 'san_dns', value: 'machine.example.com' },
      },
      {
        ...machine,
        client_id: 'own',
        token_endpoint_auth_method: 'self_signed_tls_client_auth',
        jwks: { keys: [certificateJwk(own)] },
      },
    ]);
  });
  afterAll(() => tls.stop());

  const ask = (
    clientId: string,
    certificate?: TestCertificate,
    headers: Record<string, string | string[]> = {},
  ) => tls.post(TOKEN, { ...GRANT, client_id: clientId }, certificate, headers);

  it('authenticates a client by the subject of a certificate of a trusted authority', async () => {
    expect(await ask('machine', good)).toMatchObject({
      status: 200,
      body: { scope: 'orders:read' },
    });
    const host = await authority.issue({ names: [{ type: 'dns', value: 'machine.example.com' }] });
    expect(await ask('host', host)).toMatchObject({ status: 200 });
  });

  it('authenticates a client by the certificate that it registered', async () => {
    expect(await ask('own', own)).toMatchObject({ status: 200 });
  });

  it.each<[string, string, () => Promise<TestCertificate> | TestCertificate | undefined]>([
    ['no certificate', 'machine', () => undefined],
    ['another subject', 'machine', () => authority.issue({ subject: 'O=Example,CN=other' })],
    [
      'the same subject of another authority',
      'machine',
      async () => (await CertificateAuthority.create()).issue({ subject: SUBJECT }),
    ],
    ['the same subject, self-signed', 'machine', () => selfSigned({ subject: SUBJECT })],
    [
      'an expired one',
      'machine',
      () => authority.issue({ subject: SUBJECT, notAfter: new Date(Date.now() - 1000) }),
    ],
    [
      'one that is not yet valid',
      'machine',
      () => authority.issue({ subject: SUBJECT, notBefore: new Date(Date.now() + 60_000) }),
    ],
    ['one for servers', 'machine', () => authority.issue({ subject: SUBJECT, usage: 'server' })],
    [
      'the relative names the other way round',
      'machine',
      () => authority.issue({ subject: SUBJECT_DN }),
    ],
    [
      'a subject whose value holds the text of it',
      'machine',
      () => authority.issue({ subject: [{ CN: [SUBJECT_DN.slice(3)] }] }),
    ],
    [
      'a wildcard for its host',
      'host',
      () => authority.issue({ names: [{ type: 'dns', value: '*.example.com' }] }),
    ],
    [
      'its host in the common name',
      'host',
      () => authority.issue({ subject: 'CN=machine.example.com' }),
    ],
    ['the certificate of another client', 'host', () => good],
    ['a self-signed one with another key', 'own', () => selfSigned()],
    ['one of a trusted authority that is not registered', 'own', () => good],
    ['a certificate, of a client of a secret', 'shop', () => good],
    ['a certificate, of nobody', 'nobody', () => good],
  ])('refuses %s, with the one description', async (_, clientId, make) => {
    expect(await ask(clientId, await make())).toEqual({ status: 401, body: FAILED });
  });

  it('refuses the registered certificate of somebody else, and a registered one that expired', async () => {
    const expired = await selfSigned({ notAfter: new Date(Date.now() - 1000) });
    const clients = [
      {
        client_id: 'late',
        name: 'Late',
        grant_types: ['client_credentials'],
        scope: 'orders:read',
        token_endpoint_auth_method: 'self_signed_tls_client_auth',
        jwks: { keys: [certificateJwk(expired)] },
      },
    ];
    const other = await MutualTlsApplication.start(null, clients);
    try {
      const form = { ...GRANT, client_id: 'late' };
      expect(await other.post(TOKEN, form, expired)).toEqual({ status: 401, body: FAILED });
    } finally {
      await other.stop();
    }
  });

  it('falls back to nothing: a certificate beside a wrong secret is of no use', async () => {
    const secret = { ...GRANT, client_id: 'machine', client_secret: 'x' };
    expect(await tls.post(TOKEN, secret, good)).toEqual({ status: 401, body: FAILED });
    const shop = await tls.post(TOKEN, GRANT, good, basic('shop'));
    expect(shop.status).toBe(200);
  });

  it('asks for no certificate on the port of browsers', async () => {
    const form = { ...GRANT, client_id: 'machine' };
    const answer = await tls.post(TOKEN, form, good, {}, tls.server.port);
    expect(answer).toEqual({ status: 401, body: FAILED });
  });

  it.each(['client-cert', 'x-ssl-client-cert'])(
    'does not believe the header %s of anybody',
    async (name) => {
      const headers = { [name]: escapedPem(good) };
      const { status, body } = await ask('machine', undefined, headers);
      // Client-Cert claims a certificate; the other name is not known here, and says nothing.
      expect(status).toBe(name === 'client-cert' ? 400 : 401);
      expect(body['error']).toBe(name === 'client-cert' ? 'invalid_request' : 'invalid_client');
    },
  );

  it('refuses a certificate header beside every method, and records who sent it', async () => {
    const headers = { ...basic('shop'), 'client-cert': escapedPem(good) };
    expect(await tls.post(TOKEN, GRANT, good, headers)).toMatchObject({
      status: 400,
      body: { error: 'invalid_request' },
    });
    const record = tls.server.app.get(AuditRecord, { strict: false });
    const recorded = async () => {
      const { events } = await record.find({ type: 'client.certificate_header' });
      return events[0]?.detail;
    };
    for (let i = 0; i < 100 && (await recorded()) === undefined; i += 1) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(await recorded()).toEqual({
      problem: 'certificate_header_untrusted',
      peer: '127.0.0.1',
    });
  });

  it('keeps to the certificate of a connection, resumed or kept alive', async () => {
    const dispatcher = tls.agent(good);
    const { fetch } = await import('undici');
    for (let i = 0; i < 3; i += 1) {
      const answer = await fetch(`https://127.0.0.1:${tls.mutualPort}${TOKEN}`, {
        method: 'POST',
        body: new URLSearchParams({ ...GRANT, client_id: 'machine' }),
        headers: i === 1 ? { connection: 'close' } : {},
        dispatcher,
      });
      expect(answer.status).toBe(200);
    }
  });

  it('says in its metadata what it takes, and where', async () => {
    const { body, statusCode } = await (
      await import('undici')
    ).request(`https://127.0.0.1:${tls.server.port}/.well-known/openid-configuration`, {
      dispatcher: tls.agent(),
    });
    expect(statusCode).toBe(200);
    const base = `https://127.0.0.1:${tls.mutualPort}`;
    const methods = ['tls_client_auth', 'self_signed_tls_client_auth'];
    expect(await body.json()).toMatchObject({
      issuer: ISSUER,
      token_endpoint: `${ISSUER}${TOKEN}`,
      token_endpoint_auth_methods_supported: expect.arrayContaining(methods),
      introspection_endpoint_auth_methods_supported: expect.arrayContaining(methods),
      tls_client_certificate_bound_access_tokens: true,
      mtls_endpoint_aliases: {
        token_endpoint: `${base}${TOKEN}`,
        pushed_authorization_request_endpoint: `${base}/oauth2/par`,
        device_authorization_endpoint: `${base}/oauth2/device_authorization`,
        introspection_endpoint: `${base}/oauth2/introspect`,
        revocation_endpoint: `${base}/oauth2/revoke`,
        userinfo_endpoint: `${base}/oauth2/userinfo`,
      },
    });
  });
});
