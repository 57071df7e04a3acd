/** What the person who entered a code decides about the device: allowed, denied, and on record. */
import { Injectable } from '@nestjs/common';
import { type SignInDemand, type Visitor } from '../account-page/account.access.js';
import { AuditTrail } from '../audit/audit.trail.js';
import { AuthenticationPolicy } from '../authentication/authentication.policy.js';
import { grantOf } from '../authorization/authorization.granter.js';
import { type Client } from '../client/client.js';
import { ClientStore } from '../client/client.store.js';
import { ConsentStore } from '../consent/consent.store.js';
import { type Grant } from '../grant/grant.js';
import { DeviceAuthorizations, type WaitingDevice } from './device.authorizations.js';

/** A device, and the client that it is. */
export interface AskingDevice {
  readonly device: WaitingDevice;
  readonly client: Client;
}

@Injectable()
export class DeviceApproval {
  constructor(
    private readonly devices: DeviceAuthorizations,
    private readonly clients: ClientStore,
    private readonly consents: ConsentStore,
    private readonly policy: AuthenticationPolicy,
    private readonly audit: AuditTrail,
  ) {}

  /**
   * @returns null for a device that is not there any more or another person's, and for one whose client
   *   was disabled
   * @throws TemporarilyUnavailableError where it cannot be known
   */
  async find(id: string, { account }: Visitor): Promise<AskingDevice | null> {
    const device = await this.devices.find(id, account.accountId);
    const client = device === null ? null : await this.clients.find(device.request.clientId);
    if (device === null || client === null || client.disabledAt !== null) return null;
    return { device, client };
  }

  /**
   * How sure and how recent the sign-in has to be for this client and this request, by this person.
   * @throws TemporarilyUnavailableError where it cannot be known
   */
  async demandOf(
    { device: { request }, client }: AskingDevice,
    { account: { accountId }, session }: Visitor,
  ): Promise<SignInDemand> {
    const needed = await this.policy.neededAcr({ accountId, client, request });
    // Whoever signed in since the device asked did so for it: otherwise nothing would satisfy max_age=0.
    const isSince = session.authenticatedAt.getTime() >= request.createdAtMs;
    return {
      acrValues: [needed],
      maxAgeSeconds: isSince ? null : request.maxAgeSeconds,
      hintedSubject: accountId,
    };
  }

  /**
   * Allows what the device asks for. Remembered first: after a failure in between the device waits
   * still, and the person decides again.
   *
   * @returns false where it was decided before, or is too late
   * @throws TemporarilyUnavailableError where it cannot be recorded
   */
  async allow({ device }: AskingDevice, visitor: Visitor): Promise<boolean> {
    const { clientId, scope, resources, authorizationDetails } = device.request;
    const { accountId } = visitor.account;
    const grant = grantOf(device.request, visitor.session);
    await this.consents.allow({ accountId, clientId, scope, resources, authorizationDetails });
    return this.decide(device, visitor, grant);
  }

  /** The same for no. */
  deny({ device }: AskingDevice, visitor: Visitor): Promise<boolean> {
    return this.decide(device, visitor, null);
  }

  private async decide(
    { id, request }: WaitingDevice,
    { account: { accountId }, session: { sid }, origin }: Visitor,
    grant: Grant | null,
  ): Promise<boolean> {
    const isDecided = await this.devices.decide(id, accountId, grant);
    this.audit.record({
      ...{ origin, type: 'device.decided', accountId, clientId: request.clientId, sid },
      ...(grant !== null && { grantId: grant.grantId }),
      outcome: isDecided && grant !== null ? 'success' : 'failure',
      reason: reasonOf(isDecided, grant),
      detail: {
        scope: request.scope.join(' '),
        resources: request.resources.join(' '),
        authorization_details: request.authorizationDetails.map(({ type }) => type).join(' '),
        requested_from: request.address,
      },
    });
    return isDecided;
  }
}

function reasonOf(isDecided: boolean, grant: Grant | null): string {
  if (!isDecided) return 'decided before, or too late';
  return grant === null ? 'denied by the person' : 'allowed by the person';
}
