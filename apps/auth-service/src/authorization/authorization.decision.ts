/** Decides what an authorization request still needs from the person before it can be answered. */
import { type AuthorizationErrorCode } from '@keyward/oauth';
import { areAmong } from '../authorization-details/authorization-details.js';
import { type Client } from '../client/client.js';
import { type Consent } from '../consent/consent.store.js';
import { type Interaction } from '../interaction/interaction.js';
import { type Acr, reaches } from '../authentication/acr.js';
import { isCurrent } from '../authentication/proof.js';
import { type Session } from '../session/session.js';
import { type AuthorizationRequest } from './authorization-request.js';

/** Everything that matters, as it is now. */
export interface Situation {
  readonly request: AuthorizationRequest;
  readonly client: Client;
  /** The live session of the browser. */
  readonly session: Session | null;
  /** What the session's account allowed this client before. */
  readonly remembered: Consent | null;
  /** Null where the request has only just come. */
  readonly interaction: Interaction | null;
  /** How sure the session has to be, where there is one. */
  readonly needed: Acr;
  readonly now: Date;
}

/** What comes next. */
export type Decision =
  | { readonly next: 'signIn' | 'factor' | 'selectAccount' | 'consent' }
  | { readonly next: 'respond'; readonly session: Session }
  | {
      readonly next: 'refuse';
      readonly code: AuthorizationErrorCode;
      readonly description: string;
    };

/** @see OpenID Connect Core 1.0 sections 3.1.2.1 to 3.1.2.6 */
export function decide(situation: Situation): Decision {
  const { request, interaction, session } = situation;
  const silent = request.prompt.includes('none');
  if (interaction?.consent?.allowed === false) {
    return refuse('access_denied', 'the person did not allow it');
  }
  if (session === null || needsNewSignIn(session, situation)) {
    if (silent) return refuse('login_required', 'the person must sign in');
    const halfWay = isCurrent(interaction?.proof ?? null, situation.now.getTime());
    return { next: halfWay ? 'factor' : 'signIn' };
  }
  if (isSomeoneElse(session, request)) {
    // A sign-in for this very request did not bring the expected person either.
    if (silent || isFresh(session, interaction)) {
      return refuse('login_required', 'another person is signed in than the id_token_hint names');
    }
    return { next: 'signIn' };
  }
  if (!reaches(session.acr, situation.needed)) {
    if (silent) return refuse('login_required', 'the person must prove more than a password');
    return { next: 'factor' };
  }
  if (needsSelection(session, situation)) return { next: 'selectAccount' };
  if (needsConsent(session, situation)) {
    if (silent) return refuse('consent_required', 'the person must allow it first');
    return { next: 'consent' };
  }
  return { next: 'respond', session };
}

function refuse(code: AuthorizationErrorCode, description: string): Decision {
  return { next: 'refuse', code, description };
}

/** Whether the person signed in for this very request. */
function isFresh(session: Session, interaction: Interaction | null): boolean {
  return interaction !== null && session.authenticatedAt.getTime() >= interaction.createdAtMs;
}

/** Whether a session counts for nothing at this request, however sure it was. */
export function needsNewSignIn(
  session: Session,
  { request, interaction, now }: Pick<Situation, 'request' | 'interaction' | 'now'>,
): boolean {
  if (isFresh(session, interaction)) return false;
  const ageMs = now.getTime() - session.authenticatedAt.getTime();
  const tooOld = request.maxAgeSeconds !== null && ageMs >= request.maxAgeSeconds * 1000;
  return request.prompt.includes('login') || tooOld;
}

function isSomeoneElse(session: Session, { hintedSubject }: AuthorizationRequest): boolean {
  return hintedSubject !== null && hintedSubject !== session.accountId;
}

function needsSelection(session: Session, { request, interaction }: Situation): boolean {
  if (!request.prompt.includes('select_account')) return false;
  return interaction?.selectedSid !== session.sid && !isFresh(session, interaction);
}

function needsConsent(
  session: Session,
  { request, client, remembered, interaction }: Situation,
): boolean {
  // An answer of another account is none.
  if (interaction?.consent?.accountId === session.accountId) return false;
  if (request.prompt.includes('consent')) return true;
  if (client.firstParty) return false;
  if (!covers(remembered, request)) return true;
  return isImpersonable(client, request) && !isFresh(session, interaction);
}

function covers(remembered: Consent | null, request: AuthorizationRequest): boolean {
  return (
    remembered !== null &&
    request.scope.every((token) => remembered.scope.includes(token)) &&
    request.resources.every((resource) => remembered.resources.includes(resource)) &&
    areAmong(request.authorizationDetails, remembered.authorizationDetails ?? [])
  );
}

/**
 * Any program of the device can ask as such a client, so a person must at least have seen a page.
 * @see RFC 8252 section 8.6
 */
function isImpersonable(client: Client, { redirectUri }: AuthorizationRequest): boolean {
  return client.authenticationMethod === 'none' && !redirectUri.startsWith('https:');
}
