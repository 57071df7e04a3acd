/** Checks the DPoP proof of a request to this server, by the server's own name for what was called. */
import { Injectable } from '@nestjs/common';
import {
  type BoundToken,
  type DpopProofVerifier,
  extractDpopProof,
  normalizeHttpUri,
  RefusedProofError,
} from '@keyward/auth';
import { InvalidDpopProofError, UseDpopNonceError } from '@keyward/oauth';
import { type FastifyRequest } from 'fastify';
import { type ServerConfig } from '../config/server.config.js';
import { offerNonce } from './dpop-nonce.hook.js';

@Injectable()
export class DpopProofs {
  constructor(
    private readonly verifier: DpopProofVerifier,
    private readonly server: Pick<ServerConfig, 'issuer'>,
  ) {}

  /** Whether a request brings anything as a proof, well-formed or not. */
  isSentBy({ headers }: FastifyRequest): boolean {
    return headers['dpop'] !== undefined;
  }

  /**
   * The key that a request proves, and its proof used up.
   *
   * @returns its thumbprint; null where there is no proof
   * @throws RefusedProofError naming the rule that the proof broke
   * @throws TemporarilyUnavailableError where it cannot be known whether it came before
   * @see RFC 9449 section 4.3
   */
  prove(request: FastifyRequest): Promise<string | null> {
    return this.verify(request);
  }

  /**
   * Refuses a request that does not prove the key of the access token that it brings.
   *
   * @throws as {@link prove}
   * @see RFC 9449 section 7.1
   */
  async confirm(request: FastifyRequest, bound: BoundToken): Promise<void> {
    const jkt = await this.verify(request, bound);
    if (jkt === null) throw new RefusedProofError('proof_missing');
  }

  private async verify(request: FastifyRequest, bound?: BoundToken): Promise<string | null> {
    const nonce = this.verifier.currentNonce();
    const proof = extractDpopProof(request);
    if (nonce !== undefined && (proof ?? bound) !== undefined) offerNonce(request, nonce);
    if (proof === undefined) return null;
    const { method } = request;
    return this.verifier.verify(proof, { method, uris: this.urisOf(request), bound });
  }

  /** By the issuer and the route: what `Host` and `X-Forwarded-Host` say is the caller's choice. */
  private urisOf({ routeOptions }: FastifyRequest): readonly string[] {
    const uri = normalizeHttpUri(`${this.server.issuer}${routeOptions.url ?? ''}`);
    return uri === undefined ? [] : [uri];
  }
}

/** What an OAuth endpoint answers to a refused proof; anything else is passed on. */
export function proofErrorOf(error: unknown): unknown {
  if (!(error instanceof RefusedProofError)) return error;
  const { description, message, wantsNonce } = error;
  return wantsNonce
    ? new UseDpopNonceError(description, message)
    : new InvalidDpopProofError(description, message);
}
