import { createHash, type X509Certificate } from 'node:crypto';
import { type CertificateHeaderError } from './certificate-header.js';
import {
  type CertifiedRequest,
  type ClientCertificateOptions,
  ClientCertificateSource,
  type PeerSocket,
} from './client-certificate.source.js';

const DER = Buffer.from('a certificate, as far as its hash is concerned');
const THUMBPRINT = createHash('sha256').update(DER).digest('base64url');
const BYTES = `:${DER.toString('base64')}:`;
const PEM = `-----BEGIN CERTIFICATE-----\n${DER.toString('base64')}\n-----END CERTIFICATE-----\n`;
const PROXY = '10.1.2.3';

/** A request as Node hands it on: every line in rawHeaders, lines of one name joined in headers. */
function request(
  lines: readonly (readonly [string, string])[],
  socket: PeerSocket = { remoteAddress: PROXY },
): CertifiedRequest {
  const headers: Record<string, string> = {};
  for (const [name, value] of lines) {
    const key = name.toLowerCase();
    headers[key] = key in headers ? `${headers[key] ?? ''}, ${value}` : value;
  }
  return { headers, rawHeaders: lines.flat(), socket };
}

describe('ClientCertificateSource', () => {
  const rfc9440: ClientCertificateOptions = {
    header: 'Client-Cert',
    verifiedHeader: 'X-Client-Verify',
    trustedProxies: ['10.0.0.0/8', '::1'],
  };
  const escaped: ClientCertificateOptions = { ...rfc9440, header: 'X-SSL-Client-Cert' };
  const find = (options: ClientCertificateOptions, asked: CertifiedRequest) =>
    new ClientCertificateSource(options).find(asked);
  const reasonOf = (options: ClientCertificateOptions, asked: CertifiedRequest) => {
    try {
      return find(options, asked);
    } catch (error) {
      return (error as CertificateHeaderError).reason;
    }
  };

  it('reads the byte sequence of RFC 9440, and whether the proxy trusts the chain', () => {
    const lines = [['Client-Cert', BYTES]] as const;
    const certificate = { der: DER, thumbprint: THUMBPRINT };
    expect(find(rfc9440, request(lines))).toEqual({ ...certificate, isChainTrusted: false });
    const verified = request([...lines, ['X-Client-Verify', 'SUCCESS']]);
    expect(find(rfc9440, verified)).toEqual({ ...certificate, isChainTrusted: true });
  });

  it.each(['NONE', 'FAILED:self signed certificate', 'success', 'SUCCESS, SUCCESS', ''])(
    'does not take the verification result %j for a chain that is trusted',
    (result) => {
      const lines = [
        ['client-cert', BYTES],
        ['x-client-verify', result],
      ] as const;
      expect(find(rfc9440, request(lines))).toMatchObject({ isChainTrusted: false });
    },
  );

  it('reads the percent-encoded PEM that nginx and Envoy write', () => {
    const lines = [['X-SSL-Client-Cert', encodeURIComponent(PEM)]] as const;
    expect(find(escaped, request(lines))).toMatchObject({ thumbprint: THUMBPRINT });
  });

  it.each([
    ['no header', []],
    ['an empty one', [['client-cert', '']]],
    ['a verification result alone', [['x-client-verify', 'NONE']]],
  ] as const)('finds none where the proxy sends %s', (_, lines) => {
    expect(find(rfc9440, request(lines))).toBeNull();
  });

  it.each(['127.0.0.1', '11.0.0.1', '::2', '::ffff:11.0.0.1', 'unix', undefined])(
    'refuses the header of the untrusted peer %s',
    (remoteAddress) => {
      const socket = { remoteAddress };
      const untrusted = 'certificate_header_untrusted';
      expect(reasonOf(rfc9440, request([['client-cert', BYTES]], socket))).toBe(untrusted);
      expect(reasonOf(rfc9440, request([['x-client-verify', 'SUCCESS']], socket))).toBe(untrusted);
      expect(reasonOf(rfc9440, request([], socket))).toBeNull();
    },
  );

  it.each(['10.255.0.1', '::ffff:10.0.0.1', '::1', '0:0:0:0:0:0:0:1'])(
    'believes the trusted proxy %s',
    (remoteAddress) => {
      const asked = request([['client-cert', BYTES]], { remoteAddress });
      expect(find(rfc9440, asked)).toMatchObject({ thumbprint: THUMBPRINT });
    },
  );

  it('refuses Client-Cert of everybody where no header is configured', () => {
    expect(reasonOf({}, request([['client-cert', BYTES]]))).toBe('certificate_header_untrusted');
    const options = { trustedProxies: ['10.0.0.0/8'] };
    const asked = request([['client-cert', BYTES]]);
    expect(reasonOf(options, asked)).toBe('certificate_header_untrusted');
    // The proxy is told to use another header: this one it passed on from its client.
    expect(reasonOf(escaped, asked)).toBe('certificate_header_untrusted');
  });

  it.each([
    [
      'certificates',
      [
        ['Client-Cert', BYTES],
        ['CLIENT-CERT', BYTES],
      ],
    ],
    [
      'results',
      [
        ['Client-Cert', BYTES],
        ['X-Client-Verify', 'NONE'],
        ['X-Client-Verify', 'SUCCESS'],
      ],
    ],
  ] as const)('refuses two copies of the header with %s', (_, lines) => {
    expect(reasonOf(rfc9440, request(lines))).toBe('certificate_header_repeated');
  });

  it.each([
    ['no colons', DER.toString('base64')],
    ['nothing between them', '::'],
    ['a list of two', `${BYTES}, ${BYTES}`],
    ['a parameter', `${BYTES};q=1`],
    ['base64url', ':a-_b:'],
    ['no padding', BYTES.replace('=', '')],
    ['spare bits', ':YWJjZB==:'],
    ['white space', `: ${DER.toString('base64')}:`],
    ['9,000 characters', `:${'A'.repeat(9000)}:`],
  ])('refuses a Client-Cert with %s', (_, value) => {
    const asked = request([['client-cert', value]]);
    expect(reasonOf(rfc9440, asked)).toBe('certificate_header_malformed');
  });

  it.each([
    ['two certificates', encodeURIComponent(PEM + PEM)],
    ['a key', encodeURIComponent(PEM.replaceAll('CERTIFICATE', 'PUBLIC KEY'))],
    ['a stray percent sign', `${encodeURIComponent(PEM)}%`],
    ['something before it', encodeURIComponent(`x${PEM}`)],
    ['a byte sequence', BYTES],
  ])('refuses percent-encoded PEM with %s', (_, value) => {
    const asked = request([['x-ssl-client-cert', value]]);
    expect(reasonOf(escaped, asked)).toBe('certificate_header_malformed');
  });

  describe('on a connection of TLS', () => {
    const socket = (change: Partial<PeerSocket> = {}): PeerSocket => ({
      remoteAddress: '192.0.2.1',
      authorized: true,
      getPeerX509Certificate: () => ({ raw: DER }) as X509Certificate,
      ...change,
    });

    it('takes its certificate, in Express and in Fastify', () => {
      const expected = { der: DER, thumbprint: THUMBPRINT, isChainTrusted: true };
      expect(find({}, request([], socket()))).toEqual(expected);
      const raw = { socket: socket() };
      expect(find({}, { headers: {}, raw })).toEqual(expected);
      const unauthorized = socket({ authorized: false });
      expect(find({}, request([], unauthorized))).toMatchObject({ isChainTrusted: false });
    });

    it('finds none where the client has none, or the connection is a plain one', () => {
      const without = socket({ getPeerX509Certificate: () => undefined });
      expect(find({}, request([], without))).toBeNull();
      expect(find({}, request([], { remoteAddress: '192.0.2.1' }))).toBeNull();
      expect(find({}, { headers: {} })).toBeNull();
    });

    it('looks at a connection once', () => {
      let looks = 0;
      const counting = socket({
        getPeerX509Certificate: () => {
          looks += 1;
          return { raw: DER } as X509Certificate;
        },
      });
      const source = new ClientCertificateSource();
      expect(source.find(request([], counting))).toBe(source.find(request([], counting)));
      expect(looks).toBe(1);
    });

    it("never takes a trusted proxy's own certificate for that of its client", () => {
      const own = socket({ remoteAddress: PROXY });
      expect(find(rfc9440, request([], own))).toBeNull();
      const other = request([['client-cert', ':YWJj:']], own);
      expect(find(rfc9440, other)?.thumbprint).not.toBe(THUMBPRINT);
    });
  });

  it.each<[string, ClientCertificateOptions, RegExp]>([
    ['a header without proxies', { header: 'client-cert' }, /needs trustedProxies/],
    ['a result without certificate', { verifiedHeader: 'x-verify' }, /of no use/],
    ['one header for both', { ...rfc9440, verifiedHeader: 'CLIENT-CERT' }, /a header each/],
    ['a name that is none', { ...rfc9440, header: 'client cert' }, /not the name/],
    ['everybody as a proxy', { ...rfc9440, trustedProxies: ['0.0.0.0/0'] }, /not an address/],
    ['a name as a proxy', { ...rfc9440, trustedProxies: ['proxy'] }, /not an address/],
    [
      'a prefix that is too long',
      { ...rfc9440, trustedProxies: ['10.0.0.0/33'] },
      /not an address/,
    ],
  ])('does not start with %s', (_, options, message) => {
    expect(() => new ClientCertificateSource(options)).toThrow(message);
  });
});
