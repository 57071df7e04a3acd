/** What follows an answer of a provider whose request is known: who it was, and where they go next. */
import { Injectable } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { AuditTrail } from '../audit/audit.trail.js';
import { type ProvingBrowser, SignInProgress } from '../authentication/sign-in.progress.js';
import { originOf } from '../http/request.origin.js';
import { InteractionStore } from '../interaction/interaction.store.js';
import { type OpenInteraction } from '../interaction/open.interaction.js';
import { type UpstreamProblem } from '../views/interaction.pages.js';
import { type Upstream } from './upstream.js';
import { type UpstreamAnswer, UpstreamClient } from './upstream.client.js';
import { UpstreamRefusalError, UpstreamUnavailableError } from './upstream.error.js';
import { linkPath } from './upstream.paths.js';
import { UpstreamSignIn, type UpstreamSignInOutcome } from './upstream.sign-in.js';
import { type UpstreamSecrets } from './upstream.states.js';

/** An authorization response, and what it is held to. */
export interface UpstreamResponse {
  /** As it came. */
  readonly query: string;
  readonly secrets: UpstreamSecrets;
  readonly authenticatedSinceMs: number | null;
}

/** Where the person goes, or what they are told at the sign-in page. */
export type UpstreamResult = { readonly path: string } | { readonly problem: UpstreamProblem };

/** By how much clocks may differ, and the second to which `auth_time` is rounded. */
const CLOCK_TOLERANCE_MS = 30_000;

@Injectable()
export class UpstreamCallback {
  constructor(
    private readonly client: UpstreamClient,
    private readonly signIn: UpstreamSignIn,
    private readonly progress: SignInProgress,
    private readonly interactions: InteractionStore,
    private readonly audit: AuditTrail,
  ) {}

  /** @throws TemporarilyUnavailableError where our own part cannot be done */
  async take(
    opened: OpenInteraction,
    upstream: Upstream | null,
    response: UpstreamResponse,
    browser: ProvingBrowser,
  ): Promise<UpstreamResult> {
    if (upstream === null) return { problem: 'upstream-failed' };
    try {
      const { query, secrets, authenticatedSinceMs } = response;
      const answer = await this.client.redeem(upstream, query, secrets);
      checkRecency(answer, authenticatedSinceMs);
      const origin = originOf(browser.request);
      const outcome = await this.signIn.resolve(upstream, answer, origin);
      return await this.follow(opened, upstream, outcome, browser);
    } catch (error) {
      return this.refuse(browser.request, opened, upstream, error);
    }
  }

  /** Records an answer that belongs to no request of this browser. */
  recordStray(request: FastifyRequest, upstreamId: string, outcome: string): void {
    this.audit.record({
      origin: originOf(request),
      type: 'sign_in.upstream',
      outcome: 'failure',
      reason: `state ${outcome}`,
      detail: { upstream: upstreamId.slice(0, 63) },
    });
  }

  private async follow(
    opened: OpenInteraction,
    upstream: Upstream,
    outcome: UpstreamSignInOutcome,
    browser: ProvingBrowser,
  ): Promise<UpstreamResult> {
    const { interaction } = opened;
    const { request } = browser;
    if (outcome.outcome === 'unknown') {
      this.record(request, opened, upstream, 'unknown identity');
      return { problem: 'upstream-unknown' };
    }
    const accountId = outcome.outcome === 'link' ? outcome.link.accountId : outcome.accountId;
    const { hintedSubject } = interaction.request;
    const isSomeoneElse = hintedSubject !== null && hintedSubject !== accountId;
    if (isSomeoneElse || outcome.outcome === 'disabled') {
      const reason = isSomeoneElse ? 'another account was asked for' : 'account_disabled';
      this.record(request, opened, upstream, reason, accountId);
      return { problem: 'upstream-refused' };
    }
    if (outcome.outcome === 'link') {
      await this.interactions.save({ ...interaction, link: outcome.link });
      return { path: linkPath(interaction.interactionId) };
    }
    const path = await this.progress.prove(opened, outcome, browser);
    this.record(request, opened, upstream, null, accountId);
    return { path };
  }

  private refuse(
    request: FastifyRequest,
    opened: OpenInteraction,
    upstream: Upstream,
    error: unknown,
  ): UpstreamResult {
    if (error instanceof UpstreamUnavailableError) {
      this.record(request, opened, upstream, `unavailable: ${error.message}`);
      return { problem: 'upstream-unavailable' };
    }
    if (!(error instanceof UpstreamRefusalError)) throw error;
    this.record(request, opened, upstream, error.reason);
    const isDenied = error.reason === 'authorization access_denied';
    return { problem: isDenied ? 'upstream-denied' : 'upstream-failed' };
  }

  private record(
    request: FastifyRequest,
    { client }: OpenInteraction,
    { upstreamId }: Upstream,
    reason: string | null,
    accountId?: string,
  ): void {
    this.audit.record({
      origin: originOf(request),
      type: 'sign_in.upstream',
      outcome: reason === null ? 'success' : 'failure',
      ...(reason !== null && { reason }),
      ...(accountId !== undefined && { accountId }),
      clientId: client.clientId,
      detail: { upstream: upstreamId },
    });
  }
}

/** @see OpenID Connect Core 1.0 section 3.1.3.7, number 13 */
function checkRecency(
  { authenticatedAtMs }: UpstreamAnswer,
  authenticatedSinceMs: number | null,
): void {
  if (authenticatedSinceMs === null) return;
  const isRecent =
    authenticatedAtMs !== null && authenticatedAtMs >= authenticatedSinceMs - CLOCK_TOLERANCE_MS;
  if (!isRecent) throw new UpstreamRefusalError('auth_time is missing or too long ago');
}
