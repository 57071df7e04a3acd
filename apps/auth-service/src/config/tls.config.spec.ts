import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { selfSigned } from '../testing/certificate.authority.js';
import { ConfigurationError } from './configuration.error.js';
import { checkConfiguration } from './configuration.check.js';
import { readTls } from './tls.config.js';

describe('the configuration of TLS', () => {
  let directory: string;
  let files: Record<'cert' | 'key' | 'other', string>;
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'keyward-tls-'));
    const { cert, key } = await selfSigned({ usage: 'server' });
    const write = (name: string, text: string) => {
      const path = join(directory, name);
      writeFileSync(path, text);
      return path;
    };
    files = {
      cert: write('cert.pem', cert),
      key: write('key.pem', key),
      other: write('other.pem', (await selfSigned()).key),
    };
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  const served = () => ({ AUTH_TLS_CERT_FILE: files.cert, AUTH_TLS_KEY_FILE: files.key });
  const mutual = () => ({
    ...served(),
    AUTH_MTLS_PORT: '4443',
    AUTH_MTLS_ISSUER_URL: 'https://mtls.example.com',
    AUTH_TLS_CLIENT_CA_FILE: files.cert,
  });
  const proxied = {
    AUTH_TRUSTED_PROXIES: '10.0.0.0/8',
    AUTH_CLIENT_CERTIFICATE_HEADER: 'Client-Cert',
    AUTH_CLIENT_CERTIFICATE_VERIFIED_HEADER: 'X-Client-Verify',
  };
  const problemsOf = (environment: NodeJS.ProcessEnv): readonly string[] => {
    try {
      checkConfiguration(environment);
      return [];
    } catch (error) {
      if (error instanceof ConfigurationError) return error.problems;
      throw error;
    }
  };

  it('is none at all by default', () => {
    expect(readTls({})).toEqual({
      credentials: null,
      mutualPort: null,
      clientAuthorities: null,
      mutualIssuerUrl: null,
      certificateHeader: null,
      verifiedHeader: null,
    });
  });

  it('reads the files, and the names of headers in any case', () => {
    expect(readTls({ ...mutual(), ...proxied })).toMatchObject({
      credentials: { cert: expect.stringContaining('BEGIN CERTIFICATE') },
      mutualPort: 4443,
      clientAuthorities: expect.stringContaining('BEGIN CERTIFICATE'),
      certificateHeader: 'client-cert',
      verifiedHeader: 'x-client-verify',
    });
    expect(problemsOf({ ...mutual(), ...proxied })).toEqual([]);
  });

  it.each<[string, () => NodeJS.ProcessEnv, string]>([
    ['a certificate without key', () => ({ AUTH_TLS_CERT_FILE: files.cert }), 'AUTH_TLS_CERT_FILE'],
    ['a key without certificate', () => ({ AUTH_TLS_KEY_FILE: files.key }), 'AUTH_TLS_KEY_FILE'],
    [
      'another key',
      () => ({ ...served(), AUTH_TLS_KEY_FILE: files.other }),
      'AUTH_TLS_KEY_FILE is not the key of',
    ],
    [
      'a key that is none',
      () => ({ ...served(), AUTH_TLS_KEY_FILE: files.cert }),
      'AUTH_TLS_KEY_FILE is not a private key',
    ],
    [
      'a certificate that is none',
      () => ({ ...served(), AUTH_TLS_CERT_FILE: files.key }),
      'AUTH_TLS_CERT_FILE is not a certificate',
    ],
    [
      'a file that is not there',
      () => ({ ...served(), AUTH_TLS_CERT_FILE: '/nowhere.pem' }),
      'AUTH_TLS_CERT_FILE cannot be read',
    ],
    [
      'authorities that are none',
      () => ({ ...mutual(), AUTH_TLS_CLIENT_CA_FILE: files.key }),
      'AUTH_TLS_CLIENT_CA_FILE holds something else',
    ],
    ['no port for authorities', () => ({ ...mutual(), AUTH_MTLS_PORT: '' }), 'AUTH_TLS_CLIENT_CA'],
    [
      'a port that is none',
      () => ({ ...mutual(), AUTH_MTLS_PORT: '65536' }),
      'AUTH_MTLS_PORT must',
    ],
    [
      'no address for the port',
      () => ({ ...mutual(), AUTH_MTLS_ISSUER_URL: '' }),
      'AUTH_MTLS_PORT needs AUTH_MTLS_ISSUER_URL',
    ],
    [
      'an address with a path',
      () => ({ ...mutual(), AUTH_MTLS_ISSUER_URL: 'https://mtls.example.com/' }),
      'AUTH_MTLS_ISSUER_URL must be',
    ],
    [
      'an address where no certificate arrives',
      () => ({ AUTH_MTLS_ISSUER_URL: 'https://mtls.example.com' }),
      'AUTH_MTLS_ISSUER_URL needs',
    ],
    [
      'a header that anybody could send',
      () => ({ ...proxied, AUTH_TRUSTED_PROXIES: '' }),
      'AUTH_CLIENT_CERTIFICATE_HEADER needs AUTH_TRUSTED_PROXIES',
    ],
    [
      'a header that is none',
      () => ({ ...proxied, AUTH_CLIENT_CERTIFICATE_HEADER: 'client cert' }),
      'AUTH_CLIENT_CERTIFICATE_HEADER must be',
    ],
    [
      'a header of the result that is none',
      () => ({ ...proxied, AUTH_CLIENT_CERTIFICATE_VERIFIED_HEADER: 'x verify' }),
      'AUTH_CLIENT_CERTIFICATE_VERIFIED_HEADER must be the name',
    ],
    [
      'a port for certificates without one of its own',
      () => ({ AUTH_MTLS_PORT: '4443', AUTH_MTLS_ISSUER_URL: 'https://mtls.example.com' }),
      'AUTH_MTLS_PORT needs AUTH_TLS_CERT_FILE',
    ],
    [
      'one header for two things',
      () => ({ ...proxied, AUTH_CLIENT_CERTIFICATE_VERIFIED_HEADER: 'client-cert' }),
      'AUTH_CLIENT_CERTIFICATE_VERIFIED_HEADER must be a header of its own',
    ],
    [
      'a result without certificate',
      () => ({ AUTH_CLIENT_CERTIFICATE_VERIFIED_HEADER: 'x-verify' }),
      'AUTH_CLIENT_CERTIFICATE_VERIFIED_HEADER needs',
    ],
  ])('refuses %s', (_, environment, expected) => {
    expect(problemsOf(environment())).toContainEqual(expect.stringContaining(expected));
  });

  it('says each problem once', () => {
    const problems = problemsOf({ AUTH_MTLS_PORT: 'http' });
    expect(new Set(problems).size).toBe(problems.length);
  });
});
