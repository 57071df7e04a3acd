/** Of what stopped a request's authentication: what the operator is told, and what the client gets. */
import {
  IntrospectionUnavailableError,
  KeysUnavailableError,
  RefusedTokenError,
  RevocationsUnavailableError,
  type Refusal,
} from '../access-token/refusal.js';
import { type DpopChallenge } from '../bearer/bearer-challenge.js';
import {
  InvalidRequestError,
  InvalidTokenError,
  MissingTokenError,
  RequestForgeryError,
  VerificationUnavailableError,
  type BearerError,
} from '../bearer/bearer.errors.js';
import {
  MalformedRequestError,
  type HttpRequest,
  type TokenScheme,
} from '../bearer/bearer-token.js';
import { RefusedCookieError } from '../cookie/csrf.defence.js';
import { nonceFor } from '../sender-constraint/dpop.confirmation.js';
import {
  RefusedProofError,
  ReplaysUnavailableError,
} from '../sender-constraint/dpop-proof.refusal.js';
import { answerToProof, CHALLENGED_ALGORITHMS } from '../sender-constraint/proof.answer.js';

/** The stage and the rule; undefined for a fault of ours, which is no refusal. */
export function refusalOf(error: unknown): Refusal | undefined {
  if (error instanceof RefusedTokenError || error instanceof KeysUnavailableError) return error;
  if (error instanceof RevocationsUnavailableError) return error;
  if (error instanceof IntrospectionUnavailableError) return error;
  if (error instanceof RefusedProofError) {
    return { stage: 'confirmation', reason: error.reason, detail: error.detail };
  }
  if (error instanceof ReplaysUnavailableError) {
    return { stage: 'confirmation', reason: 'replays_unavailable', detail: error.message };
  }
  if (error instanceof MalformedRequestError) {
    return { stage: 'extraction', reason: error.reason, detail: error.message };
  }
  return undefined;
}

/** Makes the answers of one resource server. */
export class RefusalAnswers {
  /**
   * @param resourceMetadata URL that every challenge names, where there is one
   * @param takesDpop whether challenges offer the scheme DPoP
   */
  constructor(
    private readonly resourceMetadata: string | undefined,
    private readonly takesDpop: boolean,
  ) {}

  /** @param scheme as the token was presented */
  answerTo(
    { stage, reason }: Refusal,
    error: unknown,
    request: HttpRequest,
    scheme: TokenScheme,
  ): BearerError {
    if (
      error instanceof KeysUnavailableError ||
      error instanceof RevocationsUnavailableError ||
      error instanceof IntrospectionUnavailableError ||
      error instanceof ReplaysUnavailableError
    ) {
      return new VerificationUnavailableError(error.retryAfterSeconds);
    }
    if (error instanceof RefusedCookieError) return new RequestForgeryError();
    const metadata = this.resourceMetadata;
    if (error instanceof RefusedProofError) {
      return answerToProof(error, nonceFor(request), metadata);
    }
    if (reason === 'no_token') return new MissingTokenError(metadata, this.challenge('Bearer'));
    const dpop = this.challenge(scheme);
    if (stage === 'extraction') return new InvalidRequestError(metadata, dpop);
    return new InvalidTokenError(reason === 'expired', metadata, dpop);
  }

  private challenge(scheme: TokenScheme): DpopChallenge | undefined {
    return this.takesDpop ? { scheme, algorithms: CHALLENGED_ALGORITHMS } : undefined;
  }
}
