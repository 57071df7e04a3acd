/** Decides what someone whom a provider vouched for is here: an account, a link to be made, or nobody. */
import { randomBytes, randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { AccountStore } from '../account/account.store.js';
import { AuditTrail } from '../audit/audit.trail.js';
import { FEDERATED_AMR, MULTIPLE_FACTORS_AMR } from '../authentication/acr.js';
import { type Proven } from '../authentication/sign-in.progress.js';
import { type Origin } from '../http/request.origin.js';
import { type PendingLink } from './pending.link.js';
import { type Upstream } from './upstream.js';
import { UpstreamIdentityStore } from './upstream-identity.store.js';
import { type UpstreamAnswer } from './upstream.client.js';
import { personOf, type UpstreamPerson } from './upstream.person.js';

/** What became of an answer. */
export type UpstreamSignInOutcome =
  | ({ readonly outcome: 'account' } & Proven)
  | { readonly outcome: 'disabled'; readonly accountId: string }
  /** Somebody here owns the address: they are asked. */
  | { readonly outcome: 'link'; readonly link: PendingLink }
  | { readonly outcome: 'unknown' };

const USERNAME_TRIES = 3;

@Injectable()
export class UpstreamSignIn {
  constructor(
    private readonly identities: UpstreamIdentityStore,
    private readonly accounts: AccountStore,
    private readonly audit: AuditTrail,
  ) {}

  /**
   * @throws TemporarilyUnavailableError where it cannot be decided
   * @throws UpstreamUnavailableError, UpstreamRefusalError where the provider does not say who it is
   */
  async resolve(
    upstream: Upstream,
    answer: UpstreamAnswer,
    origin: Origin,
  ): Promise<UpstreamSignInOutcome> {
    const { issuer } = upstream;
    const { subject } = answer;
    const amr = amrOf(upstream, answer);
    const known = await this.identities.recognise({ issuer, subject });
    if (known !== null) return this.admit(known, amr);
    const person = personOf(upstream, await answer.claims());
    const owner = await this.ownerOf(person);
    if (owner !== null) {
      // Their own account, where it was made since: by another tab, a moment ago.
      const madeSince = await this.identities.recognise({ issuer, subject });
      if (madeSince !== null) return this.admit(madeSince, amr);
      return { outcome: 'link', link: linkOf(upstream, answer, person, owner) };
    }
    if (!upstream.createAccounts) return { outcome: 'unknown' };
    const created = await this.create(upstream, subject, person, origin);
    return created === null ? { outcome: 'unknown' } : this.admit(created, amr);
  }

  private async admit(accountId: string, amr: readonly string[]): Promise<UpstreamSignInOutcome> {
    const account = await this.accounts.find(accountId);
    return account === null || account.disabledAt !== null
      ? { outcome: 'disabled', accountId }
      : { outcome: 'account', accountId, amr, signInEpoch: account.signInEpoch };
  }

  private async ownerOf({ verifiedEmail: email }: UpstreamPerson) {
    const accountId = email === null ? null : await this.identities.findVerifiedOwner(email);
    return email === null || accountId === null ? null : { accountId, email };
  }

  private async create(
    upstream: Upstream,
    subject: string,
    person: UpstreamPerson,
    origin: Origin,
  ): Promise<string | null> {
    const identity = { issuer: upstream.issuer, subject, label: person.label };
    for (let tries = 0; tries < USERNAME_TRIES; tries += 1) {
      const account = accountOf(person, usernameOf(upstream, person, tries === 0));
      const accountId = await this.identities.createAccount(account, identity);
      if (accountId === null) continue;
      if (accountId === account.accountId) this.recordCreation(upstream, accountId, origin);
      return accountId;
    }
    return null;
  }

  private recordCreation({ upstreamId }: Upstream, accountId: string, origin: Origin): void {
    const detail = { upstream: upstreamId };
    this.audit.record({ origin, type: 'account.created', outcome: 'success', accountId, detail });
  }
}

/** What the provider's word counts as; `mfa` where the operator believes it. */
function amrOf({ mfaAcrs, mfaAmrs }: Upstream, { acr, amr }: UpstreamAnswer): readonly string[] {
  const isMfa =
    (acr !== null && mfaAcrs.includes(acr)) || amr.some((method) => mfaAmrs.includes(method));
  return isMfa ? [FEDERATED_AMR, MULTIPLE_FACTORS_AMR] : [FEDERATED_AMR];
}

function linkOf(
  { upstreamId, name, issuer }: Upstream,
  { subject }: UpstreamAnswer,
  { label }: UpstreamPerson,
  owner: Pick<PendingLink, 'accountId' | 'email'>,
): PendingLink {
  const whose = { upstreamId, upstreamName: name, issuer, subject, label };
  return { ...whose, ...owner, isWanted: false, provenAtMs: Date.now() };
}

/**
 * Below the upstream's id: no name that someone chose elsewhere is ever one that an operator could
 * give to an account here.
 */
function usernameOf({ upstreamId }: Upstream, { username }: UpstreamPerson, first: boolean) {
  const chosen = (username ?? '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9._@+-]/g, '')
    .slice(0, 100);
  const suffix = randomBytes(4).toString('hex');
  if (chosen === '') return `${upstreamId}/${suffix}`;
  return first ? `${upstreamId}/${chosen}` : `${upstreamId}/${chosen}-${suffix}`;
}

function accountOf(person: UpstreamPerson, username: string) {
  return {
    accountId: randomUUID(),
    username,
    name: person.name,
    givenName: person.givenName,
    familyName: person.familyName,
    locale: person.locale,
    email: person.verifiedEmail,
    emailVerified: person.verifiedEmail !== null,
    picture: null,
    zoneinfo: null,
    phoneNumber: null,
    phoneNumberVerified: false,
    address: null,
  };
}
