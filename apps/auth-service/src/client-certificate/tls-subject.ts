/** Whether a certificate is that of the one subject by which a client is known (RFC 8705 section 2.1.2). */
import { type TlsSubject } from '../client/client.js';
import { canonicalAddress } from '../http/client.address.js';
import { canonicalEmail, type CertificateNames } from './certificate.names.js';
import { canonicalNameOfText } from './distinguished-name.js';

const HOST_NAME =
  /^(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i;
const EMAIL = /^[\x21-\x3f\x41-\x7e]{1,64}@[a-z0-9.-]{1,253}$/i;
const MAX_LENGTH = 2048;

/**
 * Compared exactly, each kind in its one form: a wildcard in a certificate stands for itself alone,
 * and so for no host that can be registered.
 */
export function isSubject({ kind, value }: TlsSubject, names: CertificateNames): boolean {
  return names[kind].includes(canonicalSubject({ kind, value }));
}

/** What is wrong with a subject that a client is to be known by, or null. */
export function findTlsSubjectProblem(subject: TlsSubject): string | null {
  const { kind, value } = subject;
  if (value.length > MAX_LENGTH) return `must not be longer than ${MAX_LENGTH} characters`;
  switch (kind) {
    case 'subject_dn':
      return findNameProblem(value);
    case 'san_dns':
      return HOST_NAME.test(value) ? null : 'must be a host name without wildcard';
    case 'san_uri':
      return /^[\x21-\x7e]+$/.test(value) && URL.canParse(value) ? null : 'must be an absolute URI';
    case 'san_ip':
      return canonicalAddress(value) === value
        ? null
        : `must be an IP address in its normal form, without port`;
    case 'san_email':
      return EMAIL.test(value) ? null : 'must be an e-mail address';
  }
}

function findNameProblem(value: string): string | null {
  try {
    canonicalNameOfText(value);
    return null;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return `must be a distinguished name as RFC 4514 writes it: ${error.message}`;
  }
}

function canonicalSubject({ kind, value }: TlsSubject): string {
  switch (kind) {
    case 'subject_dn':
      return canonicalNameOfText(value);
    case 'san_dns':
      return value.toLowerCase();
    case 'san_email':
      return canonicalEmail(value);
    case 'san_uri':
    case 'san_ip':
      return value;
  }
}
