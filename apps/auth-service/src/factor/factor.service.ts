/** What people do with their factors once they are signed in: see them, name them, take them away. */
import { Inject, Injectable } from '@nestjs/common';
import { AuditTrail } from '../audit/audit.trail.js';
import { MFA_ACR, PASSWORD_ACR, reaches } from '../authentication/acr.js';
import { type Assurance, AssuranceStore } from '../authentication/assurance.store.js';
import { type RequestOrigin } from '../http/request.origin.js';
import { type Session } from '../session/session.js';
import { type Factor } from './factor.js';
import { FactorMails } from './factor.mails.js';
import { FactorStore, ROOM_FOR_ONE } from './factor.store.js';
import { RecoveryCodes } from './recovery.codes.js';

/** How lately a person has to have signed in to change what they sign in by. */
export const FRESH_SECONDS = 600;

/** The most characters of a name. */
export const MAX_FACTOR_NAME_LENGTH = 60;

/** Whose session asks for a change. */
export interface FactorOwner extends Pick<
  Session,
  'accountId' | 'sid' | 'authenticatedAt' | 'acr'
> {
  /** Of the request that asks. */
  readonly origin: RequestOrigin;
}

/** What became of a change. */
export type FactorChange =
  | 'done'
  /** The person has to sign in again first, by a factor where they have one. */
  | 'stale'
  /** The account has no such factor, or none any more. */
  | 'unknown'
  /** Nothing would be left of what a group of the account demands. */
  | 'needed';

/** Everything that an account has. */
export interface OwnFactors {
  /** The oldest first. */
  readonly factors: readonly Factor[];
  /** How many codes were not used yet. */
  readonly recoveryCodesLeft: number;
  /** Whether one factor has to stay. */
  readonly isOneNeeded: boolean;
}

/** Every method throws TemporarilyUnavailableError where it cannot be done. */
@Injectable()
export class FactorService {
  constructor(
    private readonly factors: FactorStore,
    private readonly recoveryCodes: RecoveryCodes,
    private readonly assurance: AssuranceStore,
    private readonly audit: AuditTrail,
    @Inject(FactorMails) private readonly mails: Pick<FactorMails, 'tell'>,
  ) {}

  /** What the account page shows. */
  async list(accountId: string): Promise<OwnFactors> {
    const assurance = await this.assurance.find(accountId);
    return {
      factors: await this.factors.findOfAccount(accountId),
      recoveryCodesLeft: await this.recoveryCodes.count(accountId),
      isOneNeeded: isFactorDemanded(assurance),
    };
  }

  /** A name is no more than a name: no fresh sign-in is asked for. An empty one changes nothing. */
  async rename(owner: FactorOwner, factorId: string, typed: string): Promise<FactorChange> {
    const name = typed.trim().slice(0, MAX_FACTOR_NAME_LENGTH);
    if (name === '') return 'done';
    const { accountId, sid, origin } = owner;
    if (!(await this.factors.rename(accountId, factorId, name))) return 'unknown';
    const detail = { factor_id: factorId };
    this.audit.record({
      origin,
      type: 'factor.renamed',
      outcome: 'success',
      accountId,
      sid,
      detail,
    });
    return 'done';
  }

  /**
   * Whether the person may add a factor now: a session that was found open, or that a password alone
   * began, adds none beside another one.
   *
   * @returns how many the account may have then ({@link NewFactor.mostBefore}); null where the person
   *   has to sign in again first
   */
  async findRoom(owner: FactorOwner): Promise<number | null> {
    const assurance = await this.assurance.find(owner.accountId);
    if (!isFresh(owner, assurance)) return null;
    return assurance.factorKinds.length === 0 ? 0 : ROOM_FOR_ONE;
  }

  /**
   * Takes a factor away, and with the last one the recovery codes. The last one stays where a group
   * of the account demands one: it would be enrolled again by a password alone.
   */
  async remove(owner: FactorOwner, factorId: string): Promise<FactorChange> {
    const { accountId, sid, origin } = owner;
    const assurance = await this.assurance.find(accountId);
    if (!isFresh(owner, assurance)) return this.refuse(owner, factorId, 'stale');
    const keepLast = isFactorDemanded(assurance);
    const removed = await this.factors.remove(accountId, factorId, keepLast);
    if (!removed) {
      const isThere = (await this.factors.findOfAccount(accountId)).some(
        (factor) => factor.factorId === factorId,
      );
      return this.refuse(owner, factorId, isThere ? 'needed' : 'unknown');
    }
    const detail = { factor_id: factorId };
    this.audit.record({
      origin,
      type: 'factor.removed',
      outcome: 'success',
      accountId,
      sid,
      detail,
    });
    this.mails.tell(accountId, 'removed');
    return 'done';
  }

  /**
   * New recovery codes in place of all that there were.
   * @returns the codes, to be shown once; null where the person has to sign in again first, or has
   *   no factor that the codes could stand in for
   */
  async replaceRecoveryCodes(owner: FactorOwner): Promise<readonly string[] | null> {
    const { accountId, sid, origin } = owner;
    const assurance = await this.assurance.find(accountId);
    if (!isFresh(owner, assurance) || assurance.factorKinds.length === 0) return null;
    const codes = await this.recoveryCodes.replace(accountId);
    const type = 'recovery_codes.replaced';
    this.audit.record({ origin, type, outcome: 'success', accountId, sid });
    this.mails.tell(accountId, 'codes-replaced');
    return codes;
  }

  private refuse(
    { accountId, sid, origin }: FactorOwner,
    factorId: string,
    reason: Exclude<FactorChange, 'done'>,
  ): FactorChange {
    const detail = { factor_id: factorId };
    this.audit.record({
      origin,
      type: 'factor.removed',
      outcome: 'failure',
      reason,
      accountId,
      sid,
      detail,
    });
    return reason;
  }
}

function isFactorDemanded({ requiredAcrs }: Assurance): boolean {
  return requiredAcrs.some((acr) => reaches(acr, MFA_ACR));
}

/** A session that was found open, or that a password alone began, changes no factor. */
function isFresh({ authenticatedAt, acr }: FactorOwner, { factorKinds }: Assurance): boolean {
  const isRecent = Date.now() - authenticatedAt.getTime() < FRESH_SECONDS * 1000;
  return isRecent && reaches(acr, factorKinds.length > 0 ? MFA_ACR : PASSWORD_ACR);
}
