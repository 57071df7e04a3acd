/** Decides whether presented credentials are a client's, at equal cost for every outcome. */
import { hash, timingSafeEqual } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { type ClientCertificate } from '@keyward/auth';
import { type ClientAuthenticationMethod, InvalidClientError } from '@keyward/oauth';
import { type FastifyRequest } from 'fastify';
import { AuditTrail } from '../audit/audit.trail.js';
import { type Client } from '../client/client.js';
import { CachedClientStore } from '../client/cached-client.store.js';
import { ClientCertificateVerifier } from '../client-certificate/client-certificate.verifier.js';
import { ClientCertificates } from '../client-certificate/client-certificates.js';
import { PublishedClients } from '../client-metadata-document/published.clients.js';
import { permitOrigins } from '../http/cors.permission.js';
import { type FormParameters } from '../http/form.parser.js';
import { originOf, type RequestOrigin } from '../http/request.origin.js';
import { RequestLimits } from '../limits/request.limits.js';
import { ClientAssertionVerifier } from './client-assertion.verifier.js';
import {
  CLIENT_AUTHENTICATION_FAILED,
  type ClientCredentials,
  parseClientCredentials,
} from './client-credentials.parser.js';

// Compared against where there is no such client, so that the work is the same.
const NO_SECRET_SHA256 = Buffer.alloc(32);

// client-id = *VSCHAR (RFC 6749 appendix A.1). Another value cannot be a client's; PostgreSQL would
// even refuse a NUL in it.
const CLIENT_ID = /^[\x20-\x7e]{1,255}$/;

/** What a client of each method presents in the message; a certificate is not in it. */
const PRESENTED: Readonly<Record<ClientAuthenticationMethod, ClientCredentials['method']>> = {
  client_secret_basic: 'client_secret_basic',
  client_secret_post: 'client_secret_post',
  private_key_jwt: 'private_key_jwt',
  tls_client_auth: 'none',
  self_signed_tls_client_auth: 'none',
  none: 'none',
};

/** Authenticates the client of a request. */
@Injectable()
export class ClientAuthenticator {
  constructor(
    @Inject(CachedClientStore)
    private readonly clients: Pick<CachedClientStore, 'find' | 'remembers'>,
    private readonly assertions: ClientAssertionVerifier,
    private readonly certificates: ClientCertificates,
    private readonly certificateVerifier: ClientCertificateVerifier,
    @Inject(PublishedClients)
    private readonly published: Pick<PublishedClients, 'findProblem'>,
    private readonly limits: RequestLimits,
    private readonly audit: AuditTrail,
  ) {}

  /**
   * The client that made this request; a public client is one that only says so.
   *
   * @throws InvalidRequestError where the request is ambiguous about its client
   * @throws InvalidClientError where authentication fails, with one description for every reason
   * @throws TooManyRequestsError where the client asks too often, or too many failed from its address
   * @throws TemporarilyUnavailableError where it cannot be decided
   * @see RFC 6749 section 2.3, RFC 8705 section 2
   */
  async authenticate(request: FastifyRequest, form: FormParameters): Promise<Client> {
    const certificate = this.certificates.of(request);
    const origin = originOf(request);
    const credentials = parseClientCredentials(request, form);
    if (this.limits.isExhausted('refused', origin) && !this.clients.remembers(credentials.clientId))
      await this.limits.admitAddress('refused', origin);
    let client: Client;
    try {
      client = await this.verify(credentials, origin, certificate);
    } catch (error) {
      await this.countFailure(error, origin);
      throw error;
    }
    permitOrigins(request, client.corsOrigins);
    const pending = this.limits.admitClient(request, client, origin);
    if (pending !== undefined) await pending;
    return client;
  }

  /**
   * The same, for an endpoint that is not for public clients.
   * @see RFC 7662 section 2.1
   */
  async authenticateConfidential(request: FastifyRequest, form: FormParameters): Promise<Client> {
    const client = await this.authenticate(request, form);
    if (client.authenticationMethod !== 'none') return client;
    throw this.refuse(client, 'is public', originOf(request));
  }

  /** One read, then one hash and two comparisons or one signature, whatever is wrong. */
  async verify(
    credentials: ClientCredentials,
    origin: RequestOrigin,
    certificate: ClientCertificate | null = null,
  ): Promise<Client> {
    const clientId = CLIENT_ID.test(credentials.clientId) ? credentials.clientId : '';
    const renewal = this.published.findProblem(clientId, origin, 'standing');
    const unpublished = renewal === undefined ? null : await renewal;
    if (unpublished !== null) throw failed(`client ${clientId}: ${unpublished}`);
    const client = await this.clients.find(clientId);
    const found = this.findProofProblem(client, credentials, certificate);
    const problem = found instanceof Promise ? await found : found;
    if (client === null) throw failed('there is no such client');
    if (PRESENTED[client.authenticationMethod] !== credentials.method) {
      const reason = `is registered for ${client.authenticationMethod} alone`;
      throw this.refuse(client, reason, origin);
    }
    if (problem !== null) throw this.refuse(client, problem, origin);
    if (client.disabledAt !== null) throw this.refuse(client, 'is disabled', origin);
    return client;
  }

  /**
   * Failures are counted by address. Whoever is known here goes on all the same where others behind
   * the same address fail: a known client costs the record nothing, an unknown one a read.
   */
  private async countFailure(error: unknown, origin: RequestOrigin): Promise<void> {
    if (error instanceof InvalidClientError) await this.limits.admitAddress('refused', origin);
  }

  /** What is wrong with the proof itself; the same work where there is nobody whose it could be. */
  private findProofProblem(
    client: Client | null,
    credentials: ClientCredentials,
    certificate: ClientCertificate | null,
  ): Promise<string | null> | string | null {
    switch (credentials.method) {
      case 'none':
        return client === null || client.authenticationMethod === 'none'
          ? null
          : this.certificateVerifier.findProblem(client, certificate);
      case 'private_key_jwt':
        return this.assertions.findProblem(client, credentials.assertion);
      case 'client_secret_basic':
      case 'client_secret_post': {
        const presented = hash('sha256', credentials.clientSecret, 'buffer');
        const expected = client?.secretSha256 ?? NO_SECRET_SHA256;
        const previous = client?.previousSecretSha256 ?? NO_SECRET_SHA256;
        // Both, whatever the first says: which of them was right is nobody's business.
        const isCurrent = timingSafeEqual(presented, expected);
        const isPrevious = timingSafeEqual(presented, previous);
        const isRight = isCurrent || (isPrevious && isInOverlap(client));
        return isRight ? null : 'wrong secret';
      }
    }
  }

  private refuse({ clientId }: Client, reason: string, origin: RequestOrigin): InvalidClientError {
    const type = 'client.authentication';
    this.audit.record({ origin, type, outcome: 'failure', clientId, reason });
    return failed(`client ${clientId}: ${reason}`);
  }
}

/** Whether the secret before the present one is good still. */
function isInOverlap(client: Client | null): boolean {
  const until = client?.previousSecretUntil ?? null;
  return until !== null && Date.now() < until.getTime();
}

function failed(reason: string): InvalidClientError {
  return new InvalidClientError(CLIENT_AUTHENTICATION_FAILED, reason);
}
