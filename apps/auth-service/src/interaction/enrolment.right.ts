/** Decides what a person may set up in the middle of a sign-in: what is missing, and nothing more. */
import { Injectable } from '@nestjs/common';
import {
  acrOf,
  ONE_TIME_CODE_AMR,
  PHISHING_RESISTANT_ACR,
  reaches,
} from '../authentication/acr.js';
import { AuthenticationPolicy } from '../authentication/authentication.policy.js';
import { type Proof } from '../authentication/proof.js';
import { FactorStore, ROOM_FOR_ONE } from '../factor/factor.store.js';
import { type SignInBasis } from '../session/session.record.js';
import { type OpenInteraction } from './open.interaction.js';

/** What may be set up. */
export interface EnrolmentRight {
  /** False where nothing but a passkey is sure enough. */
  readonly isAnyFactorEnough: boolean;
  /** Factors that the account may have had before. */
  readonly mostBefore: number;
  readonly basis: SignInBasis;
}

@Injectable()
export class EnrolmentRights {
  constructor(
    private readonly factors: FactorStore,
    private readonly policy: AuthenticationPolicy,
  ) {}

  /**
   * A password vouches for a first factor. A passkey beside another factor is for who proved that
   * one here, a moment ago: a session of somebody else's, found open, adds nothing to an account.
   *
   * @returns null where there is nothing to set up: what is there has to be used
   * @throws TemporarilyUnavailableError where it cannot be known
   */
  async find(
    { client, interaction }: OpenInteraction,
    proof: Proof,
  ): Promise<EnrolmentRight | null> {
    const { accountId, basis } = proof;
    const factors = await this.factors.findOfAccount(accountId);
    const { request } = interaction;
    const needed = await this.policy.neededAcr({ accountId, client, request });
    const isAnyFactorEnough = needed !== PHISHING_RESISTANT_ACR;
    if (factors.length === 0) return { isAnyFactorEnough, mostBefore: 0, basis };
    if (isAnyFactorEnough || reaches(acrOf(proof.amr), needed)) return null;
    if (factors.some(({ kind }) => kind === 'passkey')) return null;
    return proof.provenHere?.includes(ONE_TIME_CODE_AMR) === true
      ? { isAnyFactorEnough, mostBefore: ROOM_FOR_ONE, basis }
      : null;
  }

  /** Whether a code brings the person on: to the end, or to setting up the passkey that is needed. */
  async isCodeOfUse({ client, interaction }: OpenInteraction, accountId: string): Promise<boolean> {
    const { request } = interaction;
    const needed = await this.policy.neededAcr({ accountId, client, request });
    if (needed !== PHISHING_RESISTANT_ACR) return true;
    return (await this.factors.findPasskeys(accountId)).length === 0;
  }
}
