/** Keeps the clients that publish what they are as their documents say, at the moment that they are asked for. */
import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { TemporarilyUnavailableError } from '@keyward/oauth';
import { AuditTrail } from '../audit/audit.trail.js';
import { declareClient } from '../bootstrap/declared.client.js';
import { CachedClientStore } from '../client/cached-client.store.js';
import { type Client } from '../client/client.js';
import { ClientRegistry } from '../client/client.registry.js';
import { changedMembers } from '../client-registration/changed.members.js';
import { ClientDocumentRules } from '../client-registration/client.document.rules.js';
import { registrationConfig, type RegistrationConfig } from '../config/registration.config.js';
import { type RequestOrigin } from '../http/request.origin.js';
import { RequestLimits } from '../limits/request.limits.js';
import { OutboundPolicy } from '../outbound/outbound.policy.js';
import { ClientDocumentError } from './client-document.error.js';
import { ClientDocumentParser } from './client-document.parser.js';
import { findClientIdUrlProblem, isAllowedClientHost, isClientIdUrl } from './client-id.url.js';
import { DocumentFetcher } from './document.fetcher.js';

/** Documents whose freshness is remembered; the one that was fetched longest ago makes room. */
const MAX_FRESH = 10_000;

/**
 * What a client is needed for. Where a person is asked, the document must be there and good; what a person
 * allowed before goes on while it cannot be had, until its refresh tokens end by themselves.
 */
export type DocumentUse = 'authorization' | 'standing';

@Injectable()
export class PublishedClients implements OnModuleInit {
  private readonly freshUntilMs = new Map<string, number>();
  private readonly renewals = new Map<string, Promise<void>>();

  constructor(
    private readonly fetcher: DocumentFetcher,
    private readonly parser: ClientDocumentParser,
    private readonly rules: ClientDocumentRules,
    private readonly known: CachedClientStore,
    private readonly registry: ClientRegistry,
    private readonly limits: RequestLimits,
    private readonly policy: OutboundPolicy,
    private readonly audit: AuditTrail,
    @Inject(registrationConfig.KEY)
    private readonly config: Pick<RegistrationConfig, 'documentHosts' | 'documentScopes'>,
  ) {}

  onModuleInit(): void {
    if (!this.config.documentHosts.includes('*')) return;
    new Logger(PublishedClients.name).warn(
      'every host may have clients: AUTH_CLIENT_METADATA_DOCUMENTS is *',
    );
  }

  /**
   * Makes the record say what the client's document says, where its id is the URL of one.
   *
   * @returns nothing for every other id; else why the client must not be let in, or null
   * @throws TooManyRequestsError where too many are looked up from one address
   * @throws TemporarilyUnavailableError where it cannot be decided
   */
  findProblem(
    clientId: string,
    origin: RequestOrigin,
    use: DocumentUse,
  ): Promise<string | null> | undefined {
    return isClientIdUrl(clientId) ? this.findDocumentProblem(clientId, origin, use) : undefined;
  }

  private async findDocumentProblem(clientId: string, origin: RequestOrigin, use: DocumentUse) {
    const client = await this.known.find(clientId);
    // Who was registered by hand is that, whatever is published; who is disabled stays out.
    if (client !== null && (client.source !== 'document' || client.disabledAt !== null))
      return null;
    const { documentHosts } = this.config;
    if (documentHosts.length === 0) return 'clients cannot publish here what they are';
    const form = findClientIdUrlProblem(clientId, this.policy);
    if (form !== null) return `its id ${form}`;
    if (!isAllowedClientHost(clientId, documentHosts)) return 'its host is not an allowed one';
    const isStanding = use === 'standing' && client !== null && this.isWithinTerms(client);
    if (client !== null && Date.now() < (this.freshUntilMs.get(clientId) ?? 0)) return null;
    try {
      await this.renewOnce(clientId, origin);
      return null;
    } catch (error) {
      if (error instanceof ClientDocumentError) return isStanding ? null : error.message;
      if (error instanceof TemporarilyUnavailableError && isStanding) return null;
      throw error;
    }
  }

  /** The operator may have taken a scope back since the document was last read. */
  private isWithinTerms({ scopes }: Client): boolean {
    return scopes.every((scope) => this.config.documentScopes.includes(scope));
  }

  /** Of any number of requests one fetches. Whoever makes it do so is counted by address. */
  private async renewOnce(clientId: string, origin: RequestOrigin): Promise<void> {
    const underWay = this.renewals.get(clientId);
    if (underWay !== undefined) return underWay;
    const admission = this.limits.admitAddress('registration', origin);
    if (admission !== undefined) await admission;
    const renewal =
      this.renewals.get(clientId) ??
      this.renew(clientId, origin).finally(() => this.renewals.delete(clientId));
    this.renewals.set(clientId, renewal);
    return renewal;
  }

  private async renew(clientId: string, origin: RequestOrigin): Promise<void> {
    try {
      const { body, freshSeconds } = await this.fetcher.fetch(clientId);
      const document = this.parser.parse(clientId, body);
      const problems = await this.rules.findProblems(document);
      if (problems.length > 0) throw new ClientDocumentError(problems.join('; '));
      await this.keep(declareClient(document, null), origin);
      this.remember(clientId, Date.now() + freshSeconds * 1000);
    } catch (error) {
      if (error instanceof ClientDocumentError) {
        const { message: reason } = error;
        const type = 'client.document_refused';
        this.audit.record({ origin, type, outcome: 'failure', clientId, reason });
      }
      throw error;
    }
  }

  /** In one step: a request sees the client as it was, or as it is. */
  private async keep(declared: ReturnType<typeof declareClient>, origin: RequestOrigin) {
    const { clientId, ...members } = declared;
    const client: Client = {
      ...declared,
      previousSecretSha256: null,
      previousSecretUntil: null,
      source: 'document',
      disabledAt: null,
    };
    const known = await this.registry.find(clientId);
    if (known !== null && isSame(known.client, client)) return;
    if (known === null && (await this.registry.create(client)) !== null) {
      const after = JSON.stringify(changedMembers(null, client).after);
      return this.record('client.registered', clientId, origin, { after });
    }
    const change = await this.registry.change(clientId, ({ source }) =>
      source === 'document' ? members : {},
    );
    if (change === null || isSame(change.before, change.after.client)) return;
    const { before, after } = changedMembers(change.before, change.after.client);
    const detail = { before: JSON.stringify(before), after: JSON.stringify(after) };
    this.record('client.changed', clientId, origin, detail);
  }

  private record(
    type: string,
    clientId: string,
    origin: RequestOrigin,
    detail: Readonly<Record<string, string>>,
  ): void {
    const by = 'its document';
    this.audit.record({ origin, type, outcome: 'success', clientId, detail: { by, ...detail } });
  }

  private remember(clientId: string, untilMs: number): void {
    this.freshUntilMs.delete(clientId);
    const [oldest] = this.freshUntilMs.keys();
    if (this.freshUntilMs.size >= MAX_FRESH && oldest !== undefined) {
      this.freshUntilMs.delete(oldest);
    }
    this.freshUntilMs.set(clientId, untilMs);
  }
}

function isSame(one: Client, other: Client): boolean {
  return Object.keys(changedMembers(one, other).after).length === 0;
}
