/** Holds an access token of ours against whoever presents it here: the server is a resource, too. */
import { Injectable } from '@nestjs/common';
import {
  answerToProof,
  DPOP_ALGORITHMS,
  InvalidTokenError,
  type PresentedToken,
  RefusedProofError,
  RefusedTokenError,
  type SenderCheck,
} from '@keyward/auth';
import { type ConfirmationClaim } from '@keyward/oauth';
import { type FastifyRequest } from 'fastify';
import { offeredNonce } from './dpop-nonce.hook.js';

/** The challenge that tells of both schemes. */
export const DPOP_CHALLENGE = { scheme: 'Bearer', algorithms: DPOP_ALGORITHMS.join(' ') } as const;

@Injectable()
export class TokenSender {
  constructor(private readonly senders: SenderCheck) {}

  /**
   * @param cnf as the token says it
   * @throws InvalidTokenError for a bound token that comes alone, or with the proof of another key, and
   *   for a token of no key that comes as DPoP
   * @throws DpopProofError for a proof that breaks a rule, or lacks a nonce of this server
   * @throws TemporarilyUnavailableError where it cannot be known whether a proof came before
   * @see RFC 9449 sections 7.1 and 7.2
   */
  async check(
    request: FastifyRequest,
    { scheme, token }: PresentedToken,
    cnf: ConfirmationClaim | undefined,
  ): Promise<void> {
    if (cnf === undefined && scheme === 'Bearer') return;
    try {
      await this.senders.check(request, token, scheme, cnf);
    } catch (error) {
      if (error instanceof RefusedProofError) throw answerToProof(error, offeredNonce(request));
      if (!(error instanceof RefusedTokenError)) throw error;
      throw new InvalidTokenError(false, undefined, { ...DPOP_CHALLENGE, scheme });
    }
  }
}
