/** The certificate that the client of a request proved, if it did. */
import { X509Certificate } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import {
  CertificateHeaderError,
  type ClientCertificate,
  ClientCertificateSource,
} from '@keyward/auth';
import { InvalidRequestError } from '@keyward/oauth';
import { type FastifyRequest } from 'fastify';
import { AuditTrail } from '../audit/audit.trail.js';
import { serverConfig, type ServerConfig } from '../config/server.config.js';
import { acceptsClientCertificates, tlsConfig, type TlsConfig } from '../config/tls.config.js';
import { originOf } from '../http/request.origin.js';

@Injectable()
export class ClientCertificates {
  /** Whether one can arrive here at all. */
  readonly areAccepted: boolean;
  private readonly source: ClientCertificateSource;
  private readonly parsed = new WeakMap<ClientCertificate, X509Certificate>();

  constructor(
    @Inject(tlsConfig.KEY) tls: TlsConfig,
    @Inject(serverConfig.KEY) { trustedProxies }: ServerConfig,
    private readonly audit: AuditTrail,
  ) {
    this.areAccepted = acceptsClientCertificates(tls);
    this.source = new ClientCertificateSource({
      trustedProxies,
      ...(tls.certificateHeader !== null && { header: tls.certificateHeader }),
      ...(tls.verifiedHeader !== null && { verifiedHeader: tls.verifiedHeader }),
    });
  }

  /**
   * A certificate that came with its private key, by the connection or by a trusted proxy. That it is
   * valid, or whose it is, is not said.
   *
   * @throws InvalidRequestError where a header claims a certificate that nobody trusted vouches for:
   *   whoever sends it tries to be somebody, or a proxy is not set up as it must be
   * @see RFC 8705 section 6.4
   */
  of(request: FastifyRequest): ClientCertificate | null {
    try {
      return this.source.find(request);
    } catch (error) {
      if (!(error instanceof CertificateHeaderError)) throw error;
      this.audit.record({
        origin: originOf(request),
        type: 'client.certificate_header',
        outcome: 'failure',
        reason: error.message,
        detail: { problem: error.reason, peer: request.socket.remoteAddress ?? '' },
      });
      throw new InvalidRequestError(
        'the request carries a client certificate in a header that is not accepted',
        error.message,
        { cause: error },
      );
    }
  }

  /** What is in a certificate; null for bytes that are none, as a proxy may pass them on. */
  parse(certificate: ClientCertificate): X509Certificate | null {
    const known = this.parsed.get(certificate);
    if (known !== undefined) return known;
    try {
      const parsed = new X509Certificate(certificate.der);
      // What stands behind a certificate is in its thumbprint, and in no certificate.
      if (!parsed.raw.equals(certificate.der)) return null;
      this.parsed.set(certificate, parsed);
      return parsed;
    } catch {
      return null;
    }
  }
}
