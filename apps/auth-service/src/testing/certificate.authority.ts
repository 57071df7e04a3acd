/** Certification authorities of tests: certificates with whatever in them a test is about. */
import 'reflect-metadata';
import { createHash, randomBytes, webcrypto, X509Certificate } from 'node:crypto';
import * as x509 from '@peculiar/x509';

/** A certificate and its private key. */
export interface TestCertificate {
  /** As TLS and files take them. */
  readonly cert: string;
  readonly key: string;
  readonly der: Buffer;
  /** SHA-256 of the certificate in base64url. */
  readonly thumbprint: string;
}

/** What a certificate says, and how it is signed. */
export interface CertificateContent {
  /** Its relative names, most significant first. Default: `O=Example,CN=shop`. */
  readonly subject?: string | x509.JsonName;
  readonly names?: readonly {
    readonly type: 'dns' | 'url' | 'email' | 'ip';
    readonly value: string;
  }[];
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  /** Default: ECDSA on P-256. */
  readonly rsaBits?: number;
  readonly usage?: 'client' | 'server';
}

type KeyPair = webcrypto.CryptoKeyPair;

const DAY_MS = 86_400_000;
const SIGNING = { name: 'ECDSA', hash: 'SHA-256' };
const EC: webcrypto.EcKeyGenParams = { name: 'ECDSA', namedCurve: 'P-256' };

x509.cryptoProvider.set(webcrypto);

/** One authority, with a key of its own. */
export class CertificateAuthority {
  private constructor(
    private readonly name: string,
    private readonly keys: KeyPair,
    /** Its own certificate, in PEM. */
    readonly cert: string,
  ) {}

  static async create(name = 'CN=Test Authority'): Promise<CertificateAuthority> {
    const keys = await webcrypto.subtle.generateKey(EC, true, ['sign', 'verify']);
    const certificate = await x509.X509CertificateGenerator.createSelfSigned({
      serialNumber: serialNumber(),
      name,
      ...validity({}),
      keys: keys,
      signingAlgorithm: SIGNING,
      extensions: [
        new x509.BasicConstraintsExtension(true, 2, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
      ],
    });
    return new CertificateAuthority(name, keys, pemOf(certificate));
  }

  /** A certificate that this authority signed. */
  async issue(content: CertificateContent = {}): Promise<TestCertificate> {
    const keys = await generateKeys(content);
    const certificate = await x509.X509CertificateGenerator.create({
      serialNumber: serialNumber(),
      subject: content.subject ?? 'O=Example,CN=shop',
      issuer: this.name,
      ...validity(content),
      publicKey: keys.publicKey,
      signingKey: this.keys.privateKey,
      signingAlgorithm: SIGNING,
      extensions: extensionsOf(content),
    });
    return describe(certificate, keys);
  }
}

/** A certificate that nobody vouches for but itself. */
export async function selfSigned(content: CertificateContent = {}): Promise<TestCertificate> {
  const keys = await generateKeys(content);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: content.subject ?? 'O=Example,CN=shop',
    ...validity(content),
    keys: keys,
    signingAlgorithm: content.rsaBits === undefined ? SIGNING : rsa(content.rsaBits),
    extensions: extensionsOf(content),
  });
  return describe(certificate, keys);
}

/** A certificate as a key of a JWK Set (RFC 8705 section 2.2.2). */
export function certificateJwk({ der }: TestCertificate): Record<string, unknown> {
  const { publicKey } = new X509Certificate(der);
  return { ...publicKey.export({ format: 'jwk' }), x5c: [der.toString('base64')] };
}

/** A certificate as nginx writes it into a header. */
export function escapedPem({ cert }: TestCertificate): string {
  return encodeURIComponent(cert);
}

/** A certificate as RFC 9440 writes it into a header. */
export function byteSequence({ der }: TestCertificate): string {
  return `:${der.toString('base64')}:`;
}

function rsa(modulusLength: number): webcrypto.RsaHashedKeyGenParams {
  return {
    name: 'RSASSA-PKCS1-v1_5',
    hash: 'SHA-256',
    modulusLength,
    publicExponent: new Uint8Array([1, 0, 1]),
  };
}

async function generateKeys({ rsaBits }: CertificateContent): Promise<KeyPair> {
  const algorithm = rsaBits === undefined ? EC : rsa(rsaBits);
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}

function extensionsOf({ names = [], usage = 'client' }: CertificateContent): x509.Extension[] {
  const purpose =
    usage === 'client' ? x509.ExtendedKeyUsage.clientAuth : x509.ExtendedKeyUsage.serverAuth;
  return [
    new x509.BasicConstraintsExtension(false),
    new x509.ExtendedKeyUsageExtension([purpose]),
    ...(names.length > 0 ? [new x509.SubjectAlternativeNameExtension([...names])] : []),
  ];
}

function validity({ notBefore, notAfter }: CertificateContent) {
  return {
    notBefore: notBefore ?? new Date(Date.now() - DAY_MS),
    notAfter: notAfter ?? new Date(Date.now() + DAY_MS),
  };
}

function serialNumber(): string {
  return `01${randomBytes(8).toString('hex')}`;
}

function pemOf(certificate: x509.X509Certificate): string {
  return `${certificate.toString('pem')}\n`;
}

async function describe(
  certificate: x509.X509Certificate,
  keys: KeyPair,
): Promise<TestCertificate> {
  const der = Buffer.from(certificate.rawData);
  const pkcs8 = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  return {
    cert: pemOf(certificate),
    key: x509.PemConverter.encode(pkcs8, 'PRIVATE KEY'),
    der,
    thumbprint: createHash('sha256').update(der).digest('base64url'),
  };
}
