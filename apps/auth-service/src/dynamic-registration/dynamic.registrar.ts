/** Registers clients that ask for it themselves, and lets them change and leave (RFC 7591, RFC 7592). */
import { hash, randomUUID, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InvalidClientMetadataError, OAuthError } from '@keyward/oauth';
import { AuditTrail } from '../audit/audit.trail.js';
import { declareClient } from '../bootstrap/declared.client.js';
import { type ClientDocument } from '../bootstrap/client.schema.js';
import { type Client } from '../client/client.js';
import { changedMembers } from '../client-registration/changed.members.js';
import { ClientDocumentRules } from '../client-registration/client.document.rules.js';
import { needsSecret } from '../client-registration/client-metadata.schema.js';
import { ClientRegistrar } from '../client-registration/client.registrar.js';
import { newSecret } from '../client-registration/client.secret.js';
import { errorDescription } from '../http/error.description.js';
import { type RequestOrigin } from '../http/request.origin.js';
import { documentWithin } from './registration.document.js';
import { digestOf, newRegistrationAccessToken } from './registration.credential.js';
import { type RegistrationRequest } from './registration.parser.js';
import { type FoundRegistration, RegistrationStore } from './registration.store.js';
import { type RegistrationToken } from './registration.token.js';

/** A client as it is after its request, with what it is told once. */
export interface RegistrationResult extends Pick<FoundRegistration, 'client' | 'createdAt'> {
  readonly information: FoundRegistration['information'];
  readonly accessToken: string;
  /** Null where none was made. */
  readonly secret: string | null;
}

@Injectable()
export class DynamicRegistrar {
  constructor(
    private readonly store: RegistrationStore,
    private readonly rules: ClientDocumentRules,
    private readonly registrar: ClientRegistrar,
    private readonly audit: AuditTrail,
  ) {}

  /** The initial access token, where it is one that is good. */
  findToken(token: string): Promise<RegistrationToken | null> {
    return this.store.findLiveToken(digestOf(token));
  }

  /**
   * Uses the token up by one only where the client is registered.
   *
   * @returns null where the token was used up in the meantime
   * @throws InvalidClientMetadataError naming every problem
   * @throws TemporarilyUnavailableError where the store cannot be reached
   * @see RFC 7591 section 3
   */
  async register(
    by: RegistrationToken,
    { metadata, information }: RegistrationRequest,
    origin: RequestOrigin,
  ): Promise<RegistrationResult | null> {
    const document = documentWithin(by, metadata, randomUUID());
    await this.check(document);
    const secret = needsSecret(document.token_endpoint_auth_method) ? newSecret() : null;
    const accessToken = newRegistrationAccessToken();
    const created = await this.store.register(
      by.tokenId,
      {
        ...declareClient(document, secret),
        previousSecretSha256: null,
        previousSecretUntil: null,
        source: 'registration',
        disabledAt: null,
      },
      { terms: by, information, accessTokenSha256: digestOf(accessToken) },
    );
    if (created === null) return null;
    const after = JSON.stringify(changedMembers(null, created.client).after);
    this.record('client.registered', document.client_id, by.tokenId, origin, { after });
    return { ...created, information, accessToken, secret };
  }

  /** The client of a registration access token; null for every other token. */
  find(clientId: string, accessToken: string): Promise<FoundRegistration | null> {
    return this.store.find(clientId, digestOf(accessToken));
  }

  /**
   * Replaces everything but the id, within the terms of the registration. The registration access token is
   * changed with it.
   *
   * @returns null where the token is not good any more
   * @see RFC 7592 section 2.2
   */
  async replace(
    found: FoundRegistration,
    presented: string,
    { metadata, information, sent }: RegistrationRequest,
    origin: RequestOrigin,
  ): Promise<RegistrationResult | null> {
    const { clientId } = found.client;
    checkOwnMembers(sent, found.client);
    const document = documentWithin(found.terms, metadata, clientId);
    await this.check(document);
    const accessToken = newRegistrationAccessToken();
    let secret: string | null = null;
    const change = await this.store.replace(
      clientId,
      digestOf(presented),
      (client) => {
        const keepsSecret = needsSecret(document.token_endpoint_auth_method);
        secret = keepsSecret && client.secretSha256 === null ? newSecret() : null;
        const declared = declareClient(document, secret);
        if (secret !== null || !keepsSecret) return { ...declared, ...NO_PREVIOUS_SECRET };
        return { ...declared, secretSha256: client.secretSha256 };
      },
      { information, accessTokenSha256: digestOf(accessToken) },
    );
    if (change === null) return null;
    const { before, after } = changedMembers(change.before, change.after.client);
    const detail = { before: JSON.stringify(before), after: JSON.stringify(after) };
    this.record('client.changed', clientId, found.tokenId, origin, detail);
    return { ...change.after, information, accessToken, secret };
  }

  /**
   * Ends the client with all that it has; the row stays for a while, so that it can be seen what it was.
   * @see RFC 7592 section 2.3
   */
  async remove({ client, tokenId }: FoundRegistration, origin: RequestOrigin): Promise<void> {
    const { clientId } = client;
    await this.registrar.setDisabled(clientId, true, { by: `client ${clientId}`, origin });
    await this.store.close(clientId);
    this.record('client.deprovisioned', clientId, tokenId, origin);
  }

  /** Tells the operator of a registration that was refused, by whose token it was. */
  refused(by: RegistrationToken, error: OAuthError, origin: RequestOrigin): void {
    this.audit.record({
      origin,
      type: 'client.registration_refused',
      outcome: 'failure',
      reason: `${error.code}: ${error.reason}`,
      detail: { by: `registration token ${by.tokenId}` },
    });
  }

  private async check(document: ClientDocument): Promise<void> {
    const problems = await this.rules.findProblems(document);
    if (problems.length > 0) throw new InvalidClientMetadataError(errorDescription(problems));
  }

  private record(
    type: string,
    clientId: string,
    tokenId: string,
    origin: RequestOrigin,
    detail: Readonly<Record<string, string>> = {},
  ): void {
    const by = `registration token ${tokenId}`;
    this.audit.record({ origin, type, outcome: 'success', clientId, detail: { by, ...detail } });
  }
}

const NO_PREVIOUS_SECRET = { previousSecretSha256: null, previousSecretUntil: null } as const;

/** Members that are this server's to say; a change may at most repeat id and secret. */
const OWN_MEMBERS = [
  'registration_access_token',
  'registration_client_uri',
  'client_secret_expires_at',
  'client_id_issued_at',
];

/** @see RFC 7592 section 2.2 */
function checkOwnMembers(sent: Readonly<Record<string, unknown>>, client: Client): void {
  const problems = OWN_MEMBERS.filter((name) => name in sent).map((n) => `${n}: must not be sent`);
  if (sent['client_id'] !== client.clientId) problems.push('client_id: must be that of the client');
  const secret = sent['client_secret'];
  if (secret !== undefined && !isSecretOf(client, secret)) {
    problems.push('client_secret: is not the secret of the client');
  }
  if (problems.length > 0) throw new InvalidClientMetadataError(errorDescription(problems));
}

function isSecretOf({ secretSha256 }: Client, secret: unknown): boolean {
  if (typeof secret !== 'string' || secretSha256 === null) return false;
  return timingSafeEqual(hash('sha256', secret, 'buffer'), secretSha256);
}
