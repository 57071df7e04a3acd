import { X509Certificate } from 'node:crypto';
import { type TlsSubject } from '../client/client.js';
import {
  CertificateAuthority,
  type CertificateContent,
  selfSigned,
} from '../testing/certificate.authority.js';
import { readCertificateNames } from './certificate.names.js';
import { findCertificateProblem } from './certificate.rules.js';
import { findTlsSubjectProblem, isSubject } from './tls-subject.js';

describe('the subject of a client certificate', () => {
  let authority: CertificateAuthority;
  beforeAll(async () => {
    authority = await CertificateAuthority.create();
  });

  const isIssuedTo = async (subject: TlsSubject, content: CertificateContent) => {
    const { der } = await authority.issue(content);
    return isSubject(subject, readCertificateNames(new X509Certificate(der)));
  };

  it('is its distinguished name, in the order and with the escapes of RFC 4514', async () => {
    const subject: CertificateContent['subject'] = [
      { C: ['DE'] },
      { O: ['Example, Ltd.'] },
      { CN: ['shop'] },
    ];
    const matches = (value: string) => isIssuedTo({ kind: 'subject_dn', value }, { subject });
    expect(await matches('CN=shop,O=Example\\, Ltd.,C=DE')).toBe(true);
    expect(await matches('CN=shop,O=Example\\2C Ltd.,C=DE')).toBe(true);
    expect(await matches('C=DE,O=Example\\, Ltd.,CN=shop')).toBe(false);
    expect(await matches('CN=shop,O=Example\\, Ltd.')).toBe(false);
    expect(await matches('CN=shop')).toBe(false);
  });

  it('is not another one whose text looks the same', async () => {
    const evil = [{ CN: ['shop,O=Example'] }];
    const dn = (value: string): TlsSubject => ({ kind: 'subject_dn', value });
    expect(await isIssuedTo(dn('CN=shop,O=Example'), { subject: evil })).toBe(false);
    expect(await isIssuedTo(dn('CN=shop\\,O=Example'), { subject: evil })).toBe(true);
  });

  it.each<[TlsSubject['kind'], string, 'dns' | 'url' | 'email' | 'ip', string, string[]]>([
    [
      'san_dns',
      'shop.example.com',
      'dns',
      'SHOP.example.com',
      ['example.com', 'a.shop.example.com'],
    ],
    ['san_uri', 'spiffe://example/shop', 'url', 'spiffe://example/shop', ['spiffe://example/Shop']],
    ['san_ip', '10.0.0.1', 'ip', '10.0.0.1', ['10.0.0.2']],
    ['san_ip', '2001:db8::1', 'ip', '2001:db8::1', ['2001:db8::2']],
    ['san_email', 'shop@example.com', 'email', 'shop@EXAMPLE.com', ['Shop@example.com']],
  ])('is its %s %s', async (kind, registered, type, value, others) => {
    const second = { type: 'dns' as const, value: 'second.example.com' };
    const content = { names: [second, { type, value }] };
    expect(await isIssuedTo({ kind, value: registered }, content)).toBe(true);
    for (const other of others) {
      expect(
        await isIssuedTo({ kind, value: registered }, { names: [{ type, value: other }] }),
      ).toBe(false);
    }
    expect(await isIssuedTo({ kind, value: registered }, { subject: `CN=${registered}` })).toBe(
      false,
    );
  });

  it('is not matched by a wildcard in the certificate', async () => {
    const names = [{ type: 'dns' as const, value: '*.example.com' }];
    const subject: TlsSubject = { kind: 'san_dns', value: 'shop.example.com' };
    expect(await isIssuedTo(subject, { names })).toBe(false);
  });

  it('is not a name of another kind', async () => {
    const names = [{ type: 'url' as const, value: 'shop.example.com' }];
    expect(await isIssuedTo({ kind: 'san_dns', value: 'shop.example.com' }, { names })).toBe(false);
  });

  it.each<[TlsSubject, RegExp]>([
    [{ kind: 'subject_dn', value: 'CN=shop, O=Example' }, /RFC 4514/],
    [{ kind: 'subject_dn', value: '' }, /RFC 4514/],
    [{ kind: 'san_dns', value: '*.example.com' }, /without wildcard/],
    [{ kind: 'san_dns', value: 'shop.example.com.' }, /host name/],
    [{ kind: 'san_uri', value: 'shop' }, /absolute URI/],
    [{ kind: 'san_ip', value: '::ffff:10.0.0.1' }, /normal form/],
    [{ kind: 'san_ip', value: '10.0.0.1:443' }, /normal form/],
    [{ kind: 'san_email', value: 'shop' }, /e-mail/],
    [{ kind: 'san_uri', value: `urn:${'a'.repeat(3000)}` }, /longer/],
  ])('cannot be registered as %j', (subject, message) => {
    expect(findTlsSubjectProblem(subject)).toMatch(message);
  });
});

describe('findCertificateProblem', () => {
  it.each<[string, CertificateContent, RegExp]>([
    ['has expired', { notAfter: new Date(Date.now() - 1000) }, /expired/],
    ['is not yet valid', { notBefore: new Date(Date.now() + 60_000) }, /not yet valid/],
    ['has an RSA key of 1024 bits', { rsaBits: 1024 }, /1024 bits/],
  ])('names a certificate that %s', async (_, content, message) => {
    const { der } = await selfSigned(content);
    expect(findCertificateProblem(new X509Certificate(der), Date.now())).toMatch(message);
  });

  it.each<[string, CertificateContent]>([
    ['P-256', {}],
    ['RSA of 2048 bits', { rsaBits: 2048 }],
  ])('has nothing against %s', async (_, content) => {
    const { der } = await selfSigned(content);
    expect(findCertificateProblem(new X509Certificate(der), Date.now())).toBeNull();
  });
});
