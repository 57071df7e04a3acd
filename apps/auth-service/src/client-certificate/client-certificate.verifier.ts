/** Decides whether a certificate is a client's, in the way that the client registered (RFC 8705 section 2). */
import { Injectable } from '@nestjs/common';
import { type ClientCertificate } from '@keyward/auth';
import { type Client } from '../client/client.js';
import { readCertificateNames } from './certificate.names.js';
import { findCertificateProblem } from './certificate.rules.js';
import { ClientCertificates } from './client-certificates.js';
import { DerError } from './der.reader.js';
import { RegisteredCertificates } from './registered-certificates.js';
import { isSubject } from './tls-subject.js';

@Injectable()
export class ClientCertificateVerifier {
  constructor(
    private readonly certificates: ClientCertificates,
    private readonly registered: RegisteredCertificates,
  ) {}

  /**
   * What is wrong with a client's certificate, in the operator's words, or null: then it is this
   * client's, and holds now.
   *
   * @throws TemporarilyUnavailableError where what the client registered cannot be fetched
   * @see RFC 8705 sections 2.1 and 2.2
   */
  async findProblem(client: Client, certificate: ClientCertificate | null): Promise<string | null> {
    if (certificate === null) return 'there is no certificate';
    const problem = this.findValidityProblem(certificate);
    if (problem !== null) return problem;
    const { authenticationMethod: method } = client;
    if (method === 'tls_client_auth') return this.findSubjectProblem(client, certificate);
    const isRegistered =
      method === 'self_signed_tls_client_auth' &&
      (await this.registered.has(client, certificate.thumbprint));
    return isRegistered ? null : 'the certificate is not one that the client registered';
  }

  /** What is wrong with any certificate: that it is none, that its time is over, that its key is weak. */
  findValidityProblem(certificate: ClientCertificate): string | null {
    const parsed = this.certificates.parse(certificate);
    if (parsed === null) return 'what the proxy passed on is no certificate';
    try {
      return findCertificateProblem(parsed, Date.now());
    } catch {
      return 'the key of the certificate cannot be read';
    }
  }

  /** The chain first: without it anybody may write any name into a certificate. */
  private findSubjectProblem(
    { tlsSubject }: Client,
    certificate: ClientCertificate,
  ): string | null {
    if (!certificate.isChainTrusted) return 'the chain of the certificate is not trusted';
    const parsed = this.certificates.parse(certificate);
    if (parsed === null || tlsSubject === null) return 'nobody can have this certificate';
    try {
      const isTheirs = isSubject(tlsSubject, readCertificateNames(parsed));
      return isTheirs ? null : `the certificate has another ${tlsSubject.kind}`;
    } catch (error) {
      if (error instanceof DerError) return `the certificate cannot be read: ${error.message}`;
      throw error;
    }
  }
}
