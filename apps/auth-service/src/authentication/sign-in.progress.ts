/** Takes a person from proof to proof until all that is needed is proven, and only then signs in. */
import { Injectable } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { AccountStore } from '../account/account.store.js';
import { needsNewSignIn } from '../authorization/authorization.decision.js';
import { originOf } from '../http/request.origin.js';
import { type Interaction } from '../interaction/interaction.js';
import { continuePath, factorPath, signInPath } from '../interaction/interaction.paths.js';
import { InteractionStore } from '../interaction/interaction.store.js';
import { type OpenInteraction } from '../interaction/open.interaction.js';
import { SessionService } from '../session/session.service.js';
import { UpstreamLinks } from '../upstream/upstream.links.js';
import { acrOf, FEDERATED_AMR, joinAmr, reaches } from './acr.js';
import { AuthenticationPolicy } from './authentication.policy.js';
import { isCurrent, type Proof } from './proof.js';
import { RememberedDevices } from './remembered.devices.js';

/** Something that was just proven. */
export interface Proven {
  readonly accountId: string;
  /** RFC 8176 values. */
  readonly amr: readonly string[];
  /** `signInEpoch` of the account, as it was read before this was proven. */
  readonly signInEpoch: number;
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
    private readonly accounts: AccountStore,
    private readonly sessions: SessionService,
    private readonly interactions: InteractionStore,
    private readonly devices: RememberedDevices,
    private readonly links: UpstreamLinks,
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
    const { accountId, amr, sid } = session;
    const account = await this.accounts.find(accountId);
    if (account === null) return null;
    const basis = { signInEpoch: account.signInEpoch, sid };
    return { accountId, amr, provenAtMs: now.getTime(), basis };
  }

  /**
   * Adds a proof.
   *
   * @returns where the browser has to go next: on, signed in, or to the page for what is missing; to the
   *   beginning where every sign-in of the account was ended meanwhile
   * @throws TemporarilyUnavailableError where it cannot be recorded; nobody is signed in then
   */
  async prove(
    { interaction, client }: OpenInteraction,
    proven: Proven,
    { request, reply }: ProvingBrowser,
  ): Promise<string> {
    const { accountId, signInEpoch } = proven;
    const before = await this.proofOf(request, interaction);
    // Proofs of two people are no proof of either; those of before everything was ended are none.
    const counts = before?.accountId === accountId && before.basis.signInEpoch === signInEpoch;
    const base = counts ? before : null;
    // What a provider said counts too where this sign-in links it; its second factor is not the account's.
    const link = this.links.wanted(interaction, accountId);
    const linked = link === null ? [] : [FEDERATED_AMR];
    const amr = joinAmr(base?.amr ?? [], proven.amr, linked);
    const acr = acrOf(amr);
    const needed = await this.policy.neededAcr({
      accountId,
      client,
      request: interaction.request,
      isRemembered: () => this.devices.isKnown(request, accountId),
    });
    const { interactionId } = interaction;
    const basis = base?.basis ?? { signInEpoch, sid: null };
    if (!reaches(acr, needed)) {
      const provenHere = joinAmr(base?.provenHere ?? [], proven.amr);
      const provenAtMs = base?.provenAtMs ?? Date.now();
      const proof = { accountId, amr, provenHere, provenAtMs, basis };
      await this.interactions.save({ ...interaction, proof });
      return factorPath(interactionId);
    }
    const session = await this.sessions.start({ accountId, acr, amr, basis }, request, reply);
    // Not before: a sign-in that came to nothing links nothing.
    if (session !== null && link !== null) {
      await this.links.complete(link, client.clientId, originOf(request));
    }
    // Who just signed in has chosen the account too (`prompt=select_account`).
    const selectedSid = session?.sid ?? interaction.selectedSid;
    await this.interactions.save({ ...interaction, proof: null, link: null, selectedSid });
    return session === null ? signInPath(interactionId) : continuePath(interactionId);
  }
}
