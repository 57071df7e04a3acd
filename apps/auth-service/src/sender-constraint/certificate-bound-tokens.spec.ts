/** Tokens that are bound to the certificate of their client (RFC 8705 section 3). */
import { decodeJwt } from 'jose';
import { SECRETS } from '../testing/bootstrap.fixture.js';
import {
  CertificateAuthority,
  selfSigned,
  type TestCertificate,
} from '../testing/certificate.authority.js';
import { DpopKey } from '../testing/dpop.fixture.js';
import { MutualTlsApplication } from '../testing/mutual-tls.fixture.js';
import { basic, ISSUER } from '../testing/test-application.js';

const TOKEN = '/oauth2/token';
const GRANT = { grant_type: 'client_credentials' };
const MACHINE = {
  name: 'Machine',
  grant_types: ['client_credentials'],
  scope: 'orders:read',
  tls_client_certificate_bound_access_tokens: true,
};

describe('certificate-bound access tokens', () => {
  let tls: MutualTlsApplication;
  let good: TestCertificate;
  beforeAll(async () => {
    const authority = await CertificateAuthority.create();
    good = await authority.issue({ subject: 'CN=machine' });
    tls = await MutualTlsApplication.start(
      authority,
      [
        {
          ...MACHINE,
          client_id: 'machine',
          token_endpoint_auth_method: 'tls_client_auth',
          tls_client_auth: { kind: 'subject_dn', value: 'CN=machine' },
        },
        {
          ...MACHINE,
          client_id: 'secret',
          token_endpoint_auth_method: 'client_secret_basic',
          client_secret: { env: 'SECRET_OF_shop' },
        },
      ],
      { environment: { AUTH_DPOP_NONCE: 'off' } },
    );
  });
  afterAll(() => tls.stop());

  const secretOf = (clientId: string) => basic(clientId, SECRETS['SECRET_OF_shop']);
  const ask = (clientId: string, certificate?: TestCertificate, more = {}) =>
    tls.post(TOKEN, GRANT, certificate, { ...secretOf(clientId), ...more });

  it('name the certificate in the token and in introspection, and stay Bearer', async () => {
    const { body } = await tls.post(TOKEN, { ...GRANT, client_id: 'machine' }, good);
    expect(body['token_type']).toBe('Bearer');
    const token = String(body['access_token']);
    const cnf = { 'x5t#S256': good.thumbprint };
    expect(decodeJwt(token)['cnf']).toEqual(cnf);
    const introspected = await tls.post(
      '/oauth2/introspect',
      { token },
      undefined,
      basic('orders'),
    );
    expect(introspected.body).toMatchObject({ active: true, cnf, token_type: 'Bearer' });
  });

  it('are bound to any certificate of a client that authenticates in another way', async () => {
    const own = await selfSigned();
    const { body } = await ask('secret', own);
    expect(decodeJwt(String(body['access_token']))['cnf']).toEqual({ 'x5t#S256': own.thumbprint });
  });

  it.each<[string, () => Promise<TestCertificate> | undefined]>([
    ['no certificate', () => undefined],
    ['an expired one', () => selfSigned({ notAfter: new Date(Date.now() - 1000) })],
    ['one with an RSA key of 1024 bits', () => selfSigned({ rsaBits: 1024 })],
    ['one that is not yet valid', () => selfSigned({ notBefore: new Date(Date.now() + 60_000) })],
  ])('are not issued for %s', async (_, make) => {
    expect(await ask('secret', await make())).toMatchObject({
      status: 400,
      body: { error: 'invalid_request', error_description: expect.stringContaining('certificate') },
    });
  });

  it('are bound to certificate and DPoP key where the client proves both', async () => {
    const key = await DpopKey.generate();
    const dpop = await key.proof(`${ISSUER}${TOKEN}`);
    const { body } = await ask('secret', good, { dpop });
    expect(body['token_type']).toBe('DPoP');
    expect(decodeJwt(String(body['access_token']))['cnf']).toEqual({
      jkt: key.jkt,
      'x5t#S256': good.thumbprint,
    });
    // What is refused for its certificate has not used up its proof.
    const again = { dpop: await key.proof(`${ISSUER}${TOKEN}`) };
    expect(await ask('secret', undefined, again)).toMatchObject({ status: 400 });
    expect(await ask('secret', good, again)).toMatchObject({ status: 200 });
  });

  it('are no others: a certificate alone binds nothing', async () => {
    const { body } = await tls.post(TOKEN, GRANT, good, basic('shop'));
    expect(decodeJwt(String(body['access_token']))).not.toHaveProperty('cnf');
  });
});
