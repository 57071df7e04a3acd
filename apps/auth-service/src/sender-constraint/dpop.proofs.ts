/** Checks the DPoP proof of a request to this server, by the server's own name for what was called. */
import { Injectable } from '@nestjs/common';
import {
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

  /**
   * The key that a request proves, and its proof used up.
   *
   * @returns its thumbprint; null where there is no proof
   * @throws RefusedProofError naming the rule that the proof broke
   * @throws TemporarilyUnavailableError where it cannot be known whether it came before
   * @see RFC 9449 section 4.3
   */
  async prove(request: FastifyRequest): Promise<string | null> {
    if (request.headers['dpop'] === undefined) return null;
    const nonce = this.verifier.currentNonce();
    if (nonce !== undefined) offerNonce(request, nonce);
    const proof = extractDpopProof(request) ?? '';
    const { method } = request;
    return this.verifier.verify(proof, { method, uris: this.urisOf(request) });
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
