/** Registers clients, changes them and their secrets: every rule asked, every change audited. */
import { hash, randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InvalidClientMetadataError } from '@keyward/oauth';
import { AuditTrail } from '../audit/audit.trail.js';
import { type ClientDocument } from '../bootstrap/client.schema.js';
import { declareClient } from '../bootstrap/declared.client.js';
import { type Client } from '../client/client.js';
import { ClientRegistry, type RegisteredClient } from '../client/client.registry.js';
import { errorDescription } from '../http/error.description.js';
import { type RequestOrigin } from '../http/request.origin.js';
import { RevocationService } from '../revocation/revocation.service.js';
import { changedMembers } from './changed.members.js';
import { type ClientMetadata, documentOf, needsSecret } from './client-metadata.schema.js';
import { ClientConflictError } from './client-conflict.error.js';
import { ClientDocumentRules } from './client.document.rules.js';
import { newSecret } from './client.secret.js';

/** How long the secret before may be good at most: 30 days. */
export const MAX_OVERLAP_SECONDS = 2_592_000;

/** Who changes something, for the audit. */
export interface Administrator {
  readonly by: string;
  readonly origin: RequestOrigin;
}

/** Asked with the client as it is, where nobody can change it in between; what it throws stops the change. */
export type ClientPrecondition = (current: RegisteredClient) => void;

const ANY: ClientPrecondition = () => undefined;

/** A client, and its secret where one was made: it is shown once, and kept nowhere. */
export interface NewCredentials extends RegisteredClient {
  readonly secret: string | null;
}

@Injectable()
export class ClientRegistrar {
  constructor(
    private readonly registry: ClientRegistry,
    private readonly rules: ClientDocumentRules,
    private readonly revocations: RevocationService,
    private readonly audit: AuditTrail,
  ) {}

  /**
   * @throws InvalidClientMetadataError naming every problem
   * @throws ClientConflictError where the id is taken
   * @throws TemporarilyUnavailableError where a store cannot be reached
   */
  async register(metadata: ClientMetadata, who: Administrator): Promise<NewCredentials> {
    const document = documentOf(metadata, metadata.client_id ?? randomUUID());
    await this.check(document);
    const secret = needsSecret(document.token_endpoint_auth_method) ? newSecret() : null;
    const created = await this.registry.create({
      ...declareClient(document, secret),
      previousSecretSha256: null,
      previousSecretUntil: null,
      source: 'api',
      disabledAt: null,
    });
    if (created === null) throw new ClientConflictError('there is a client of this id already');
    this.record('client.registered', document.client_id, who, {
      after: JSON.stringify(changedMembers(null, created.client).after),
    });
    return { ...created, secret };
  }

  /**
   * Replaces everything but id and secret. A method that has a secret gets one where there was none, and
   * one that has none loses it.
   *
   * @returns null where there is no such client
   * @throws as {@link register}; ClientConflictError for a client of the bootstrap file
   */
  async replace(
    clientId: string,
    metadata: ClientMetadata,
    who: Administrator,
    demand = ANY,
  ): Promise<NewCredentials | null> {
    const document = documentOf(metadata, clientId);
    if ((metadata.client_id ?? clientId) !== clientId) {
      throw new InvalidClientMetadataError('client_id: an id never changes');
    }
    await this.check(document);
    let secret: string | null = null;
    const change = await this.registry.change(clientId, (client, current) => {
      demandOwn(client);
      demand(current);
      const keepsSecret = needsSecret(document.token_endpoint_auth_method);
      secret = keepsSecret && client.secretSha256 === null ? newSecret() : null;
      const { secretSha256: made, clientId: _id, ...declared } = declareClient(document, secret);
      if (secret !== null) return { ...declared, secretSha256: made };
      return keepsSecret ? declared : { ...declared, ...NO_SECRETS };
    });
    if (change === null) return null;
    const { before, after } = changedMembers(change.before, change.after.client);
    const detail = { before: JSON.stringify(before), after: JSON.stringify(after) };
    this.record('client.changed', clientId, who, detail);
    return { ...change.after, secret };
  }

  /**
   * Gives a client a new secret; the one before is good for `overlapSeconds` more, so that every process
   * of the client can be told in time. One that leaked is given none.
   *
   * @returns null where there is no such client
   * @throws ClientConflictError for a client without secret, or of the bootstrap file
   */
  async rotateSecret(
    clientId: string,
    overlapSeconds: number,
    who: Administrator,
    demand = ANY,
  ): Promise<NewCredentials | null> {
    const secret = newSecret();
    const change = await this.registry.change(clientId, (client, current) => {
      demandOwn(client);
      if (client.secretSha256 === null) {
        throw new ClientConflictError(`${client.authenticationMethod} has no secret`);
      }
      demand(current);
      const overlaps = overlapSeconds > 0;
      return {
        secretSha256: hash('sha256', secret, 'buffer'),
        previousSecretSha256: overlaps ? client.secretSha256 : null,
        previousSecretUntil: overlaps ? new Date(Date.now() + overlapSeconds * 1000) : null,
      };
    });
    if (change === null) return null;
    this.record('client.secret_rotated', clientId, who, { overlap_seconds: overlapSeconds });
    return { ...change.after, secret };
  }

  /**
   * Lets a client do nothing more, and ends all that it has; or lets it begin anew. Bears repetition.
   * @returns null where there is no such client
   */
  async setDisabled(
    clientId: string,
    disabled: boolean,
    who: Administrator,
    demand = ANY,
  ): Promise<RegisteredClient | null> {
    const change = await this.registry.change(clientId, ({ disabledAt }, current) => {
      demand(current);
      return { disabledAt: disabled ? (disabledAt ?? new Date()) : null };
    });
    if (change === null) return null;
    // Behind it: what is issued up to the moment in which it is disabled ends, too.
    if (disabled) {
      await this.revocations.revokeClient(clientId, { reason: 'client_disabled', by: who.by });
    }
    this.record(disabled ? 'client.disabled' : 'client.enabled', clientId, who);
    return change.after;
  }

  private async check(document: ClientDocument): Promise<void> {
    const problems = await this.rules.findProblems(document);
    if (problems.length === 0) return;
    throw new InvalidClientMetadataError(errorDescription(problems));
  }

  private record(
    type: string,
    clientId: string,
    { by, origin }: Administrator,
    detail: Readonly<Record<string, string | number>> = {},
  ): void {
    this.audit.record({ origin, type, outcome: 'success', clientId, detail: { by, ...detail } });
  }
}

const NO_SECRETS = {
  secretSha256: null,
  previousSecretSha256: null,
  previousSecretUntil: null,
} as const;

/** What the file says it would say again at the next start, and so would a client: two masters are none. */
function demandOwn({ source }: Client): void {
  if (source === 'api') return;
  throw new ClientConflictError(
    source === 'file'
      ? 'the bootstrap file declares this client: change it there'
      : 'this client says itself what it is: it can be disabled here',
  );
}
