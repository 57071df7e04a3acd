/** The endpoints of the authorization code flow alone, with sessions of the test's choice. */
import { DpopProofVerifier } from '@keyward/auth';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { type FastifyRequest } from 'fastify';
import { AuditTrail } from '../audit/audit.trail.js';
import { AuthorizationCodeStore } from '../authorization/authorization-code.store.js';
import { AuthorizationController } from '../authorization/authorization.controller.js';
import { AuthorizationGranter } from '../authorization/authorization.granter.js';
import { AssuranceStore } from '../authentication/assurance.store.js';
import { AuthenticationPolicy } from '../authentication/authentication.policy.js';
import { RememberedDevices } from '../authentication/remembered.devices.js';
import { AuthorizationHandler } from '../authorization/authorization.handler.js';
import { AuthorizationRequestChecker } from '../authorization/authorization-request.checker.js';
import { AuthorizationResponder } from '../authorization/authorization.responder.js';
import { PushedRequestController } from '../authorization/pushed-request.controller.js';
import { PushedRequestStore } from '../authorization/pushed-request.store.js';
import { CachedClientStore } from '../client/cached-client.store.js';
import { PublishedClients } from '../client-metadata-document/published.clients.js';
import { ClientStore } from '../client/client.store.js';
import { ClientCertificateVerifier } from '../client-certificate/client-certificate.verifier.js';
import { ClientCertificates } from '../client-certificate/client-certificates.js';
import { ClientAssertionVerifier } from '../client-authentication/client-assertion.verifier.js';
import { ClientAuthenticator } from '../client-authentication/client.authenticator.js';
import { serverConfig } from '../config/server.config.js';
import { ConsentStore } from '../consent/consent.store.js';
import { type LimitsConfig } from '../config/limits.config.js';
import { RequestLimits } from '../limits/request.limits.js';
import { ServerCounts } from '../observability/server.counts.js';
import { OAuthExceptionFilter } from '../http/oauth-exception.filter.js';
import { BrowserCookie } from '../interaction/browser.cookie.js';
import { InteractionStore } from '../interaction/interaction.store.js';
import { IdTokenVerifier } from '../issuance/id-token.verifier.js';
import { AuthorizationDetailsResolver } from '../authorization-details/authorization-details.resolver.js';
import { CachedAuthorizationDetailsTypes } from '../authorization-details/cached-authorization-details-types.js';
import { GrantTargetResolver } from '../resource/grant-target.resolver.js';
import { CachedResourceStore } from '../resource/cached-resource.store.js';
import { ResourceStore } from '../resource/resource.store.js';
import { TargetResolver } from '../resource/target.resolver.js';
import { PASSWORD_ACR } from '../authentication/acr.js';
import { DpopProofs } from '../sender-constraint/dpop.proofs.js';
import { SenderConstraint } from '../sender-constraint/sender-constraint.js';
import { SingleUseProofReplayStore } from '../sender-constraint/single-use-proof-replay.store.js';
import { type Session } from '../session/session.js';
import { SessionService } from '../session/session.service.js';
import { SingleUseStore } from '../single-use/single-use.store.js';
import { MemoryInteractionStore } from '../storage/memory/memory-interaction.store.js';
import { MemoryRequestRateStore } from '../storage/memory/memory-request-rate.store.js';
import { MemorySingleUseStore } from '../storage/memory/memory-single-use.store.js';
import { type ErrorPage, type FormPostPage, PageRenderer } from '../views/page.renderer.js';
import { CLIENTS, ISSUER, ORDERS, parameters, SECRET } from './authorization-endpoint.fixture.js';
import { RecordedAudit } from './recorded-audit.js';

/** What a body holds, by what is asked: the pages as they are given to the renderer. */
export interface EndpointBody {
  readonly page: ErrorPage;
  readonly formPost: FormPostPage;
  readonly request_uri: string;
}

/** What came back; a redirect is not followed. */
export interface EndpointAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly json: () => EndpointBody;
}

/** A running endpoint. `session` is that of every browser. */
export class AuthorizationEndpoint {
  session: Session | null = null;
  readonly audit = new RecordedAudit();
  readonly singleUse = new MemorySingleUseStore();
  readonly interactions = new MemoryInteractionStore();
  private cookie = '';
  private app!: NestFastifyApplication;

  static async start(): Promise<AuthorizationEndpoint> {
    const endpoint = new AuthorizationEndpoint();
    await endpoint.open();
    return endpoint;
  }

  stop(): Promise<void> {
    return this.app.close();
  }

  /** Somebody who signed in so many seconds ago. */
  signIn(accountId = 'alice', secondsAgo = 60): Session {
    const expiresAt = new Date(Date.now() + 3_600_000);
    this.session = {
      sid: `sid-of-${accountId}`,
      accountId,
      authenticatedAt: new Date(Date.now() - secondsAgo * 1000),
      acr: PASSWORD_ACR,
      amr: ['pwd'],
      idleExpiresAt: expiresAt,
      expiresAt,
    };
    return this.session;
  }

  /** A request of the client `web` that is good, with these parameters instead. */
  authorize(change: Record<string, string | null> | string = {}) {
    const query = typeof change === 'string' ? change : parameters(change).toString();
    return this.get(`/oauth2/authorize?${query}`);
  }

  push(change: Record<string, string | null> = {}, clientId = 'pushing', secret = SECRET) {
    const authorization = `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}`;
    const uri = CLIENTS.find((client) => client.clientId === clientId)?.redirectUris[0] ?? '';
    const form = parameters({ client_id: clientId, redirect_uri: uri, ...change });
    return this.post('/oauth2/par', form.toString(), { authorization });
  }

  async get(path: string, cookie = this.cookie): Promise<EndpointAnswer> {
    const answer = await this.ask(path, { headers: { cookie } });
    const set = answer.headers['set-cookie'];
    if (set !== undefined) this.cookie = set.split(';', 1)[0] ?? '';
    return answer;
  }

  post(path: string, body: string, headers: Record<string, string> = {}): Promise<EndpointAnswer> {
    const contentType = { 'content-type': 'application/x-www-form-urlencoded' };
    return this.ask(path, { method: 'POST', body, headers: { ...contentType, ...headers } });
  }

  private async ask(path: string, init: RequestInit): Promise<EndpointAnswer> {
    const response = await fetch(`${await this.app.getUrl()}${path}`, {
      ...init,
      redirect: 'manual',
    });
    const body = await response.text();
    return {
      statusCode: response.status,
      headers: Object.fromEntries(response.headers),
      json: () => JSON.parse(body) as EndpointBody,
    };
  }

  private async open(): Promise<void> {
    const testing = await Test.createTestingModule({
      controllers: [AuthorizationController, PushedRequestController],
      providers: [
        AuthorizationRequestChecker,
        AuthorizationHandler,
        AuthorizationGranter,
        AuthorizationResponder,
        AuthorizationCodeStore,
        PushedRequestStore,
        GrantTargetResolver,
        AuthorizationDetailsResolver,
        { provide: CachedAuthorizationDetailsTypes, useValue: { find: async () => null } },
        TargetResolver,
        ClientAuthenticator,
        BrowserCookie,
        AuthenticationPolicy,
        SenderConstraint,
        {
          provide: RequestLimits,
          useValue: new RequestLimits({} as LimitsConfig, new MemoryRequestRateStore()),
        },
        ...this.standIns(),
      ],
    }).compile();
    const adapter = new FastifyAdapter();
    adapter
      .getInstance()
      .addContentTypeParser(
        'application/x-www-form-urlencoded',
        { parseAs: 'string' },
        (_request, body, done) => done(null, body),
      );
    this.app = testing.createNestApplication<NestFastifyApplication>(adapter, {
      bodyParser: false,
      logger: false,
    });
    this.app.useGlobalFilters(
      new OAuthExceptionFilter(this.pages as unknown as PageRenderer, new ServerCounts()),
    );
    await this.app.listen(0, '127.0.0.1');
  }

  private readonly pages: Pick<PageRenderer, 'error' | 'formPost'> = {
    error: (reply, page) => void reply.status(page.status).send({ page }),
    formPost: (reply, page) => void reply.send({ formPost: page }),
  };

  private standIns() {
    return [
      { provide: serverConfig.KEY, useValue: { issuer: ISSUER } },
      { provide: AuditTrail, useValue: this.audit },
      { provide: SingleUseStore, useValue: this.singleUse },
      { provide: InteractionStore, useValue: this.interactions },
      {
        provide: DpopProofs,
        useValue: new DpopProofs(
          new DpopProofVerifier({ replays: new SingleUseProofReplayStore(this.singleUse) }),
          { issuer: ISSUER },
        ),
      },
      { provide: PageRenderer, useValue: this.pages },
      // No device is remembered unless an operator says so.
      { provide: RememberedDevices, useValue: { isKnown: async () => false } },
      { provide: SessionService, useValue: { find: async (_: FastifyRequest) => this.session } },
      {
        provide: AssuranceStore,
        useValue: { find: async () => ({ requiredAcrs: [], factorKinds: [] }) },
      },
      { provide: ConsentStore, useValue: { find: async () => null } },
      {
        provide: ClientStore,
        useValue: {
          find: async (clientId: string) =>
            CLIENTS.find((client) => client.clientId === clientId) ?? null,
        },
      },
      {
        provide: ResourceStore,
        useValue: {
          findOffering: async (scopes: readonly string[]) =>
            scopes.includes('orders:read') ? [ORDERS] : [],
          findNamed: async () => [ORDERS],
        },
      },
      { provide: CachedClientStore, useExisting: ClientStore },
      { provide: PublishedClients, useValue: { findProblem: () => undefined } },
      { provide: CachedResourceStore, useExisting: ResourceStore },
      { provide: ClientAssertionVerifier, useValue: {} },
      { provide: ClientCertificates, useValue: { of: () => null } },
      { provide: ClientCertificateVerifier, useValue: {} },
      { provide: IdTokenVerifier, useValue: { verifyHint: async () => null } },
    ];
  }
}
