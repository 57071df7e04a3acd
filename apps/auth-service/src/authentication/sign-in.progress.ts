/** Takes a person from proof to proof until all that is needed is proven, and only then signs in. */
import { Injectable } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { needsNewSignIn } from '../authorization/authorization.decision.js';
import { type Interaction } from '../interaction/interaction.js';
import { continuePath, factorPath } from '../interaction/interaction.paths.js';
import { InteractionStore } from '../interaction/interaction.store.js';
import { type OpenInteraction } from '../interaction/open.interaction.js';
import { SessionService } from '../session/session.service.js';
import { acrOf, joinAmr, reaches } from './acr.js';
import { AuthenticationPolicy } from './authentication.policy.js';
import { isCurrent, type Proof } from './proof.js';

/** Something that was just proven. */
export interface Proven {
  readonly accountId: string;
  /** RFC 8176 values. */
  readonly amr: readonly string[];
}

/** The browser that proves it. */
export interface ProvingBrowser {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

@Injectable()
export class SignInProgress {
  constructor(
    private readonly policy: AuthenticationPolicy,
    private readonly sessions: SessionService,
    private readonly interactions: InteractionStore,
  ) {}

  /**
   * What counts already: proofs of this interaction, else the session of the browser where the
   * request takes it as it is. Null where the person has to begin with who they are.
   *
   * @throws TemporarilyUnavailableError where it cannot be known
   */
  async proofOf(request: FastifyRequest, interaction: Interaction): Promise<Proof | null> {
    const now = new Date();
    if (isCurrent(interaction.proof, now.getTime())) return interaction.proof;
    const session = await this.sessions.find(request);
    if (session === null) return null;
    if (needsNewSignIn(session, { request: interaction.request, interaction, now })) return null;
    const { accountId, amr } = session;
    return { accountId, amr, provenAtMs: now.getTime() };
  }

  /**
   * Adds a proof.
   *
   * @returns where the browser has to go next: on, signed in, or to the page for what is missing
   * @throws TemporarilyUnavailableError where it cannot be recorded; nobody is signed in then
   */
  async prove(
    { interaction, client }: OpenInteraction,
    proven: Proven,
    { request, reply }: ProvingBrowser,
  ): Promise<string> {
    const { accountId } = proven;
    const before = await this.proofOf(request, interaction);
    // Proofs of two people are no proof of either.
    const base = before?.accountId === accountId ? before : null;
    const amr = joinAmr(base?.amr ?? [], proven.amr);
    const acr = acrOf(amr);
    const needed = await this.policy.neededAcr({
      accountId,
      client,
      request: interaction.request,
    });
    const { interactionId } = interaction;
    if (!reaches(acr, needed)) {
      const provenHere = joinAmr(base?.provenHere ?? [], proven.amr);
      const proof = { accountId, amr, provenHere, provenAtMs: base?.provenAtMs ?? Date.now() };
      await this.interactions.save({ ...interaction, proof });
      return factorPath(interactionId);
    }
    const { sid } = await this.sessions.start({ accountId, acr, amr }, request, reply);
    // Who just signed in has chosen the account too (`prompt=select_account`).
    await this.interactions.save({ ...interaction, proof: null, selectedSid: sid });
    return continuePath(interactionId);
  }
}
