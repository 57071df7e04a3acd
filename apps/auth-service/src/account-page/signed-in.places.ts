/** Where a person is signed in, and what applications may do for them: shown, and ended one by one. */
import { Injectable } from '@nestjs/common';
import { type AllowedApplication } from '../grant/allowed-application.store.js';
import { AllowedApplications } from '../grant/allowed.applications.js';
import { SessionClock } from '../session/session.clock.js';
import { type SessionOverview, SessionRecord } from '../session/session.record.js';
import { SessionRevocation } from '../session/session.revocation.js';
import { type Visitor } from './account.access.js';

/** A signed-in browser. */
export interface Place {
  readonly session: SessionOverview;
  readonly isHere: boolean;
  /** What was signed in to by it, by name. */
  readonly applications: readonly AllowedApplication[];
}

/** Who asks. */
export type PlacesOwner = Pick<Visitor, 'session' | 'origin'>;

/** Everything at once. */
export interface Places {
  /** This browser first, then the latest sign-in. */
  readonly places: readonly Place[];
  /** Applications whose access goes on without any session, each once, by name. */
  readonly lasting: readonly AllowedApplication[];
}

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;
const CLIENT_ID = /^[\x21-\x7e]{1,255}$/;

/** Every method throws TemporarilyUnavailableError where it cannot be done. */
@Injectable()
export class SignedInPlaces {
  constructor(
    private readonly sessions: SessionRecord,
    private readonly revocation: SessionRevocation,
    private readonly applications: AllowedApplications,
    private readonly clock: SessionClock,
  ) {}

  async find({ session: { accountId, sid: here } }: PlacesOwner): Promise<Places> {
    const sessions = await this.sessions.findOfAccount(accountId, this.clock.now());
    const allowed = await this.applications.findOfAccount(accountId);
    const places = sessions.map((session) => ({
      session,
      isHere: session.sid === here,
      applications: allowed.filter(({ sid }) => sid === session.sid),
    }));
    return {
      places: places.sort((one, other) => Number(other.isHere) - Number(one.isHere)),
      lasting: oldestOfEach(allowed.filter(({ isLasting }) => isLasting)),
    };
  }

  /**
   * Ends a session of the account, with its grants but those that were to outlast it. Idempotent.
   * @returns false for a session that is not this account's, or that nobody knows: nothing was done
   */
  async end({ session: { accountId }, origin }: PlacesOwner, sid: string): Promise<boolean> {
    if (!UUID.test(sid) || (await this.sessions.findOwner(sid)) !== accountId) return false;
    await this.revocation.revokeSession(sid, causeOf(accountId), origin);
    return true;
  }

  /** Ends every other session, with all that was allowed in it. */
  async endOthers({ session: { accountId, sid }, origin }: PlacesOwner): Promise<void> {
    await this.revocation.revokeOthers(accountId, sid, causeOf(accountId), origin);
  }

  /** @returns false for an application that the account never allowed anything */
  async endApplication({ session, origin }: PlacesOwner, clientId: string): Promise<boolean> {
    if (!CLIENT_ID.test(clientId)) return false;
    return this.applications.end(session.accountId, clientId, origin);
  }
}

function causeOf(accountId: string) {
  return { reason: 'ended_by_owner', by: `account ${accountId}` };
}

function oldestOfEach(applications: readonly AllowedApplication[]): readonly AllowedApplication[] {
  return applications.filter(
    ({ clientId }, index) =>
      applications.findIndex((application) => application.clientId === clientId) === index,
  );
}
