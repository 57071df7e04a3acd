/** The names that a certificate gives its subject, read from its bytes and not from a text of them. */
import { type X509Certificate } from 'node:crypto';
import { canonicalAddress } from '../http/client.address.js';
import {
  contentOf,
  DER_TAGS,
  DerError,
  type DerValue,
  readDer,
  readObjectIdentifier,
  readWithin,
} from './der.reader.js';
import { canonicalNameOfDer } from './distinguished-name.js';

/** The subject and its alternative names, each in the form that is compared. */
export interface CertificateNames {
  readonly subject_dn: readonly string[];
  readonly san_dns: readonly string[];
  readonly san_uri: readonly string[];
  readonly san_ip: readonly string[];
  readonly san_email: readonly string[];
}

const SUBJECT_ALTERNATIVE_NAME = '2.5.29.17';

// [0] the version, [3] the extensions of a TBSCertificate (RFC 5280 section 4.1).
const CONTEXT = { version: 0xa0, extensions: 0xa3 } as const;

// The choices of GeneralName (RFC 5280 section 4.2.1.6).
const GENERAL_NAME = { email: 0x81, dns: 0x82, uri: 0x86, ip: 0x87 } as const;

/**
 * `checkHost` and its like are not asked: they match wildcards and the common name. The text in
 * `subjectAltName` is not parsed: names may hold what separates them there.
 *
 * @throws DerError where the certificate is built in another way than RFC 5280 says
 */
export function readCertificateNames(certificate: X509Certificate): CertificateNames {
  const [whole] = readDer(certificate.raw);
  const [toBeSigned] = readWithin(whole, DER_TAGS.sequence);
  const fields = readWithin(toBeSigned, DER_TAGS.sequence);
  const afterVersion = fields[0]?.tag === CONTEXT.version ? 1 : 0;
  // serialNumber, signature, issuer, validity, subject
  const subject = canonicalNameOfDer(fields[afterVersion + 4]);
  const alternative = readAlternativeNames(fields);
  const texts = (tag: number) =>
    alternative.filter((name) => name.tag === tag).map(({ content }) => content.toString('latin1'));
  return {
    subject_dn: subject === '[]' ? [] : [subject],
    san_dns: texts(GENERAL_NAME.dns).map((name) => name.toLowerCase()),
    san_uri: texts(GENERAL_NAME.uri),
    san_ip: alternative.filter(({ tag }) => tag === GENERAL_NAME.ip).map(addressOf),
    san_email: texts(GENERAL_NAME.email).map(canonicalEmail),
  };
}

/** The domain in lower case; before the `@` case counts (RFC 5280 section 7.5). */
export function canonicalEmail(address: string): string {
  const at = address.lastIndexOf('@');
  return `${address.slice(0, at)}${address.slice(at).toLowerCase()}`;
}

function readAlternativeNames(fields: readonly DerValue[]): readonly DerValue[] {
  const wrapper = fields.find(({ tag }) => tag === CONTEXT.extensions);
  if (wrapper === undefined) return [];
  const [list] = readDer(wrapper.content);
  const found = readWithin(list, DER_TAGS.sequence)
    .map((extension) => readWithin(extension, DER_TAGS.sequence))
    .filter(([identifier]) => readObjectIdentifier(identifier) === SUBJECT_ALTERNATIVE_NAME);
  if (found.length > 1) throw new DerError('an extension that stands twice');
  const value = found[0]?.at(-1);
  if (value === undefined) return [];
  const [names] = readDer(contentOf(value, DER_TAGS.octetString));
  return readWithin(names, DER_TAGS.sequence);
}

function addressOf({ content }: DerValue): string {
  if (content.length === 4) return content.join('.');
  if (content.length !== 16) throw new DerError('an IP address of another length');
  const groups = Array.from({ length: 8 }, (_, i) => content.readUInt16BE(2 * i).toString(16));
  return canonicalAddress(groups.join(':')) ?? '';
}
