/** Adds factors for people who are signed in: who may, what follows, and where they go next. */
import { Injectable } from '@nestjs/common';
import { AuditTrail } from '../audit/audit.trail.js';
import { acrOf, joinAmr, reaches } from '../authentication/acr.js';
import { type FactorKind } from '../factor/factor.js';
import { FactorMails } from '../factor/factor.mails.js';
import { type FactorOwner, FactorService } from '../factor/factor.service.js';
import { type NewFactor } from '../factor/factor.store.js';
import { RecoveryCodes } from '../factor/recovery.codes.js';
import { originOf } from '../http/request.origin.js';
import { SessionService } from '../session/session.service.js';
import { type Visitor } from './account.access.js';
import { AccountPages } from './account.pages.js';
import { ACCOUNT_PATHS } from './account.paths.js';

/** The right to add a factor now. */
export type RoomForFactor = Pick<NewFactor, 'mostBefore' | 'basis'>;

/** A factor that was just added. */
export interface AddedFactor {
  readonly factorId: string;
  readonly kind: FactorKind;
  /** RFC 8176 values: what setting it up proved. */
  readonly amr: readonly string[];
}

/** Whose changes these are. */
export function ownerOf({ request, session }: Visitor): FactorOwner {
  return { ...session, origin: originOf(request) };
}

@Injectable()
export class OwnFactors {
  constructor(
    private readonly factors: FactorService,
    private readonly recoveryCodes: RecoveryCodes,
    private readonly sessions: SessionService,
    private readonly audit: AuditTrail,
    private readonly mails: FactorMails,
    private readonly pages: AccountPages,
  ) {}

  /** @returns null where the person has to sign in again first */
  async findRoom(visitor: Visitor): Promise<RoomForFactor | null> {
    const mostBefore = await this.factors.findRoom(ownerOf(visitor));
    const { session, account } = visitor;
    const basis = { signInEpoch: account.signInEpoch, sid: session.sid };
    return mostBefore === null ? null : { mostBefore, basis };
  }

  /**
   * Notes a factor, lets the session say what was proven by it, and answers the request: with new
   * recovery codes where it is the first.
   *
   * @throws TemporarilyUnavailableError where that cannot be done; the factor stays
   */
  async settle(visitor: Visitor, { mostBefore }: RoomForFactor, added: AddedFactor): Promise<void> {
    const { session, request } = visitor;
    const { accountId, sid } = session;
    this.audit.record({
      origin: originOf(request),
      type: 'factor.enrolled',
      outcome: 'success',
      accountId,
      sid,
      detail: { kind: added.kind, factor_id: added.factorId },
    });
    this.mails.tell(accountId, 'added');
    await this.raise(visitor, added.amr);
    if (mostBefore > 0)
      return this.pages.goBack(visitor, ACCOUNT_PATHS.signInMethods, 'factor-added');
    this.showCodes(visitor, await this.recoveryCodes.replace(accountId));
  }

  /** Shows recovery codes, once. */
  showCodes(visitor: Visitor, codes: readonly string[]): void {
    this.pages.show(visitor, {
      template: 'account-recovery-codes',
      section: 'signInMethods',
      model: { codes, continuePath: ACCOUNT_PATHS.signInMethods },
    });
  }

  // Else the next page would ask at once for what was proven a moment ago.
  private async raise(visitor: Visitor, proven: readonly string[]): Promise<void> {
    const { session, account, request, reply } = visitor;
    const amr = joinAmr(session.amr, proven);
    const acr = acrOf(amr);
    if (reaches(session.acr, acr)) return;
    const { accountId, sid } = session;
    const basis = { signInEpoch: account.signInEpoch, sid };
    await this.sessions.start({ accountId, acr, amr, basis }, request, reply);
  }
}
