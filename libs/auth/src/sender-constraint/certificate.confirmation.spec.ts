/** Tokens that are bound to a client certificate, at a resource server. */
import { createHash, type X509Certificate } from 'node:crypto';
import { RequestAuthenticator } from '../access/request-authenticator.js';
import { LoggingAuthObserver, type RefusedRequest } from '../auth.observer.js';
import { BearerError } from '../bearer/bearer.errors.js';
import { type HttpRequest } from '../bearer/bearer-token.js';
import { type ClientCertificateOptions } from '../client-certificate/client-certificate.source.js';
import { type AuthenticatedRequest } from '../principal/principal.js';
import {
  CLAIMS,
  forgeToken,
  NOW,
  trustIn,
  verifierOf,
} from '../spec-support/access-token.fixture.js';
import { generateSigningKey } from '../testing/signing-key.js';

const KEY = generateSigningKey('ES256');
const MINE = Buffer.from('my certificate');
const OTHERS = Buffer.from('the certificate of somebody else');
const thumbprintOf = (der: Buffer) => createHash('sha256').update(der).digest('base64url');
const tokenOf = (cnf: object) => forgeToken(KEY, { payload: { ...CLAIMS, cnf } });
const BOUND = { 'x5t#S256': thumbprintOf(MINE) };
const PROXIED = { header: 'client-cert', trustedProxies: ['10.0.0.0/8'] };

class Recorder extends LoggingAuthObserver {
  readonly reasons: string[] = [];

  override requestRefused({ reason, status }: RefusedRequest): void {
    this.reasons.push(`${status} ${reason}`);
  }
}

function authenticatorWith(clientCertificates: ClientCertificateOptions | undefined) {
  const trusts = [trustIn([KEY])];
  const observer = new Recorder();
  const options = {
    trusts,
    clock: () => NOW * 1000,
    ...(clientCertificates && { clientCertificates }),
  };
  return {
    authenticator: new RequestAuthenticator(verifierOf(trusts), observer, options),
    observer,
  };
}

interface Presented {
  readonly certificate?: Buffer;
  readonly headers?: Record<string, string>;
  readonly from?: string;
}

/** What happens to a token that comes over such a connection: `admitted`, or status and reason. */
async function outcome(
  cnf: object,
  { certificate, headers = {}, from = '192.0.2.1' }: Presented,
  options: ClientCertificateOptions | undefined = {},
  scheme = 'Bearer',
): Promise<string> {
  const { authenticator, observer } = authenticatorWith(options);
  const authorization = `${scheme} ${tokenOf(cnf)}`;
  const request: HttpRequest & AuthenticatedRequest = {
    headers: { ...headers, authorization },
    rawHeaders: Object.entries({ ...headers, authorization }).flat(),
    socket: {
      remoteAddress: from,
      getPeerX509Certificate: () =>
        certificate && ({ raw: certificate } as unknown as X509Certificate),
    },
  };
  try {
    await authenticator.authenticate(request);
    return 'admitted';
  } catch (error) {
    if (!(error instanceof BearerError)) throw error;
    expect(error.headers['WWW-Authenticate']).toMatch(/error="invalid_token"/);
    return observer.reasons.join();
  }
}

const headerOf = (der: Buffer) => ({ 'client-cert': `:${der.toString('base64')}:` });

describe('a token that is bound to a certificate', () => {
  it('is taken over a connection that proved it', async () => {
    expect(await outcome(BOUND, { certificate: MINE })).toBe('admitted');
  });

  it('is taken from a trusted proxy that passes the certificate on', async () => {
    const presented = { headers: headerOf(MINE), from: '10.0.0.1' };
    expect(await outcome(BOUND, presented, PROXIED)).toBe('admitted');
  });

  it.each<[string, Presented, ClientCertificateOptions | undefined, string]>([
    ['as a plain bearer token', {}, {}, '401 certificate_missing'],
    ['with another certificate', { certificate: OTHERS }, {}, '401 certificate_other'],
    [
      'with another certificate from a proxy',
      { headers: headerOf(OTHERS), from: '10.0.0.1' },
      PROXIED,
      '401 certificate_other',
    ],
    [
      'with its certificate in the header of an untrusted peer',
      { headers: headerOf(MINE) },
      PROXIED,
      '401 certificate_header_untrusted',
    ],
    [
      'with that header beside its certificate in the connection',
      { certificate: MINE, headers: headerOf(MINE) },
      {},
      '401 certificate_header_untrusted',
    ],
    [
      "with a proxy's own certificate",
      { certificate: MINE, from: '10.0.0.1' },
      PROXIED,
      '401 certificate_missing',
    ],
  ])('is refused %s', async (_, presented, options, reason) => {
    expect(await outcome(BOUND, presented, options)).toBe(reason);
  });

  it('is refused where the resource server does not say how it gets certificates', async () => {
    const { authenticator, observer } = authenticatorWith(undefined);
    const request = { headers: { authorization: `Bearer ${tokenOf(BOUND)}` } };
    await expect((async () => authenticator.authenticate(request))()).rejects.toThrow(BearerError);
    expect(observer.reasons).toEqual(['401 confirmation_not_supported']);
  });

  it.each([
    ['longer', { 'x5t#S256': `${BOUND['x5t#S256']}A` }],
    ['in another case', { 'x5t#S256': BOUND['x5t#S256'].toLowerCase() }],
  ])('is refused where its thumbprint is %s', async (_, cnf) => {
    expect(await outcome(cnf, { certificate: MINE })).toBe('401 certificate_other');
  });

  it('does not do without its other confirmation', async () => {
    const cnf = { ...BOUND, jkt: 'x' };
    const reason = '401 confirmation_not_supported';
    expect(await outcome(cnf, { certificate: MINE })).toBe(reason);
  });

  it('comes as Bearer, not as DPoP', async () => {
    const reason = '401 unbound_token_with_proof';
    expect(await outcome(BOUND, { certificate: MINE }, {}, 'DPoP')).toBe(reason);
  });
});
