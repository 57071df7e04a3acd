/** `cnf` member `x5t#S256`: whoever presents the token proves a certificate in TLS (RFC 8705 section 3). */
import { timingSafeEqual } from 'node:crypto';
import { RefusedTokenError } from '../access-token/refusal.js';
import { type HttpRequest } from '../bearer/bearer-token.js';
import { CertificateHeaderError } from '../client-certificate/certificate-header.js';
import { type ClientCertificate } from '../client-certificate/client-certificate.js';
import { type ClientCertificateSource } from '../client-certificate/client-certificate.source.js';
import { type ConfirmationMethod } from './sender.check.js';

/**
 * The certificate itself is all that counts: who issued it and whether it has expired is between the
 * client and the authorization server, which bound the token to it.
 */
export class CertificateConfirmation implements ConfirmationMethod {
  readonly member = 'x5t#S256';
  readonly scheme = 'Bearer';

  constructor(private readonly source: Pick<ClientCertificateSource, 'find'>) {}

  confirm(request: HttpRequest, _token: string, expected: string): void {
    const certificate = this.find(request);
    if (certificate === null) throw new RefusedTokenError('confirmation', 'certificate_missing');
    const [presented, bound] = [Buffer.from(certificate.thumbprint), Buffer.from(expected)];
    if (presented.length !== bound.length || !timingSafeEqual(presented, bound)) {
      throw new RefusedTokenError('confirmation', 'certificate_other');
    }
  }

  private find(request: HttpRequest): ClientCertificate | null {
    try {
      return this.source.find(request);
    } catch (error) {
      if (!(error instanceof CertificateHeaderError)) throw error;
      throw new RefusedTokenError('confirmation', error.reason, error.message);
    }
  }
}
