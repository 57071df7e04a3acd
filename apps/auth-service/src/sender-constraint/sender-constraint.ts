/** Decides which key a request to the token endpoint proves, and so what its tokens are bound to. */
import { Injectable } from '@nestjs/common';
import { type ConfirmationClaim, InvalidDpopProofError, InvalidRequestError } from '@keyward/oauth';
import { type FastifyRequest } from 'fastify';
import { AuditTrail } from '../audit/audit.trail.js';
import { type Client } from '../client/client.js';
import { ClientCertificateVerifier } from '../client-certificate/client-certificate.verifier.js';
import { ClientCertificates } from '../client-certificate/client-certificates.js';
import { originOf } from '../http/request.origin.js';
import { DpopProofs, proofErrorOf } from './dpop.proofs.js';

@Injectable()
export class SenderConstraint {
  constructor(
    private readonly dpop: DpopProofs,
    private readonly certificates: ClientCertificates,
    private readonly certificateVerifier: ClientCertificateVerifier,
    private readonly audit: AuditTrail,
  ) {}

  /**
   * What the tokens of this request are bound to.
   *
   * @param client authenticated, or public
   * @returns null where the request proves no key and the client need not
   * @throws InvalidRequestError where the client must prove a key and the request holds no proof, or
   *   must present a certificate and does not
   * @throws InvalidDpopProofError where a proof breaks a rule
   * @throws UseDpopNonceError where it lacks a nonce of this server
   * @throws TemporarilyUnavailableError where it cannot be known whether the proof came before
   * @see RFC 9449 sections 5 and 5.2, RFC 8705 sections 3 and 4
   */
  confirm(
    request: FastifyRequest,
    client: Client,
  ): Promise<ConfirmationClaim | null> | ConfirmationClaim | null {
    const { dpopBoundAccessTokens, tlsBoundAccessTokens } = client;
    const mustProve = dpopBoundAccessTokens || tlsBoundAccessTokens;
    // Nothing is proven and nothing has to be, as in most requests: nobody waits for that.
    if (!mustProve && !this.dpop.isSentBy(request)) return null;
    return this.confirmByProof(request, client);
  }

  private async confirmByProof(
    request: FastifyRequest,
    client: Client,
  ): Promise<ConfirmationClaim | null> {
    // The certificate first: looking at it uses nothing up.
    const thumbprint = client.tlsBoundAccessTokens ? this.thumbprintOf(request) : null;
    const jkt = await this.provenJkt(request, client);
    if (jkt === null && client.dpopBoundAccessTokens) {
      throw new InvalidRequestError('this client must send a DPoP proof');
    }
    if (jkt === null && thumbprint === null) return null;
    return { ...(jkt !== null && { jkt }), ...(thumbprint !== null && { 'x5t#S256': thumbprint }) };
  }

  /** Of any certificate whose key the client proved: its token is bound to it, whoever issued it. */
  private thumbprintOf(request: FastifyRequest): string {
    const certificate = this.certificates.of(request);
    if (certificate === null) {
      throw new InvalidRequestError('this client must present its certificate');
    }
    const problem = this.certificateVerifier.findValidityProblem(certificate);
    if (problem === null) return certificate.thumbprint;
    throw new InvalidRequestError('the certificate of the client cannot be taken', problem);
  }

  /**
   * The key of the DPoP proof that a request brings, as its thumbprint; null where it brings none.
   * @throws as {@link confirm} does for a proof
   */
  async provenJkt(request: FastifyRequest, { clientId }: Client): Promise<string | null> {
    try {
      return await this.dpop.prove(request);
    } catch (cause) {
      const error = proofErrorOf(cause);
      if (error instanceof InvalidDpopProofError) {
        const type = 'proof.refused';
        const { reason } = error;
        const origin = originOf(request);
        this.audit.record({ origin, type, outcome: 'failure', clientId, reason });
      }
      throw error;
    }
  }
}
