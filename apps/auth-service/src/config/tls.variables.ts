/** The environment variables of TLS and of client certificates, and what they mean for each other. */
import { z } from 'zod';

const headerName = z
  .string()
  .regex(/^[A-Za-z0-9-]{1,64}$/, 'must be the name of a header')
  .transform((name) => name.toLowerCase())
  .optional();

const path = z.string().optional();

/** @param origin the schema of an http(s) origin */
export function tlsVariables<Origin extends z.ZodType<string>>(origin: Origin) {
  return {
    AUTH_TLS_CERT_FILE: path,
    AUTH_TLS_KEY_FILE: path,
    AUTH_TLS_CLIENT_CA_FILE: path,
    AUTH_MTLS_PORT: z
      .string()
      .regex(/^[1-9]\d{0,4}$/, 'must be a port number')
      .transform(Number)
      .refine((port) => port <= 65535, 'must be a port number')
      .optional(),
    AUTH_MTLS_ISSUER_URL: origin.optional(),
    AUTH_CLIENT_CERTIFICATE_HEADER: headerName,
    AUTH_CLIENT_CERTIFICATE_VERIFIED_HEADER: headerName,
  };
}

/** What of these variables goes together, a sentence each. */
export function findTlsProblems(environment: Readonly<Record<string, string | undefined>>) {
  const has = (name: string) => environment[name] !== undefined;
  const problems: string[] = [];
  const needs = (name: string, other: string, why: string) => {
    if (has(name) && !has(other)) problems.push(`${name} needs ${other}: ${why}`);
  };
  needs('AUTH_TLS_CERT_FILE', 'AUTH_TLS_KEY_FILE', 'a certificate serves with its key');
  needs('AUTH_TLS_KEY_FILE', 'AUTH_TLS_CERT_FILE', 'a key serves with its certificate');
  needs('AUTH_MTLS_PORT', 'AUTH_TLS_CERT_FILE', 'clients prove certificates in TLS alone');
  needs('AUTH_MTLS_PORT', 'AUTH_MTLS_ISSUER_URL', 'clients are told where to go');
  needs('AUTH_TLS_CLIENT_CA_FILE', 'AUTH_MTLS_PORT', 'nobody else is asked for a certificate');
  needs('AUTH_CLIENT_CERTIFICATE_HEADER', 'AUTH_TRUSTED_PROXIES', 'anybody could send the header');
  needs(
    'AUTH_CLIENT_CERTIFICATE_VERIFIED_HEADER',
    'AUTH_CLIENT_CERTIFICATE_HEADER',
    'it says something about that certificate',
  );
  if (has('AUTH_MTLS_ISSUER_URL') && !isMutualTlsConfigured(environment)) {
    problems.push(
      'AUTH_MTLS_ISSUER_URL needs AUTH_MTLS_PORT or AUTH_CLIENT_CERTIFICATE_HEADER: ' +
        'no certificate would arrive',
    );
  }
  const [certificate, verified] = [
    environment['AUTH_CLIENT_CERTIFICATE_HEADER'],
    environment['AUTH_CLIENT_CERTIFICATE_VERIFIED_HEADER'],
  ];
  if (certificate !== undefined && certificate.toLowerCase() === verified?.toLowerCase()) {
    problems.push('AUTH_CLIENT_CERTIFICATE_VERIFIED_HEADER must be a header of its own');
  }
  return problems;
}

/** Whether certificates of clients can arrive here at all. */
export function isMutualTlsConfigured(
  environment: Readonly<Record<string, string | undefined>>,
): boolean {
  return ['AUTH_MTLS_PORT', 'AUTH_CLIENT_CERTIFICATE_HEADER'].some((name) =>
    Boolean(environment[name]),
  );
}
