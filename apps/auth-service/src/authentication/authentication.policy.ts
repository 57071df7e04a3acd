/** Decides how sure a sign-in has to be: for this client, this person and this request. */
import { Injectable } from '@nestjs/common';
import { type AuthorizationRequest } from '../authorization/authorization-request.js';
import { type Client } from '../client/client.js';
import { type Acr, ACRS, isAcr, MFA_ACR, PASSWORD_ACR, surer } from './acr.js';
import { AssuranceStore } from './assurance.store.js';

/** What the policy looks at. */
export interface PolicySubject {
  readonly accountId: string;
  readonly client: Pick<Client, 'requiredAcr'>;
  readonly request: Pick<AuthorizationRequest, 'acrValues'>;
  /** Whether the person's own factors are not asked for at this browser. Default: they are. */
  readonly isRemembered?: () => Promise<boolean>;
}

@Injectable()
export class AuthenticationPolicy {
  constructor(private readonly assurance: AssuranceStore) {}

  /**
   * The least that will do. Whoever enrolled a factor is asked for it everywhere: that is what they
   * enrolled it for, but for a browser that they had remembered: which stands in for nobody else's
   * demand, and proves nothing. Of the values that a request names the least counts, since any of them will do.
   *
   * @throws TemporarilyUnavailableError where it cannot be known
   * @see OpenID Connect Core 1.0 section 3.1.2.1, RFC 9470 section 5
   */
  async neededAcr(subject: PolicySubject): Promise<Acr> {
    const { accountId, client, request, isRemembered } = subject;
    const { requiredAcrs, factorKinds } = await this.assurance.find(accountId);
    const requested = ACRS.find((acr) => request.acrValues.includes(acr));
    const isOwnFactorAsked = factorKinds.length > 0 && (await isRemembered?.()) !== true;
    const all: readonly Acr[] = [
      ...requiredAcrs,
      isOwnFactorAsked ? MFA_ACR : PASSWORD_ACR,
      client.requiredAcr ?? PASSWORD_ACR,
      requested ?? PASSWORD_ACR,
    ];
    return all.reduce(surer);
  }
}

/**
 * What tokens say of a sign-in: of the values that were asked for the first one that it reaches,
 * so that who asked finds what it asked for.
 */
export function acrToShow(acrValues: readonly string[], acr: string): string {
  const rank = isAcr(acr) ? ACRS.indexOf(acr) : -1;
  return acrValues.find((value) => isAcr(value) && ACRS.indexOf(value) <= rank) ?? acr;
}
