/** Makes an authorization request of parameters: whom an error goes to, then every other check. */
import { Injectable } from '@nestjs/common';
import { type ResponseMode, UnauthorizedClientError } from '@keyward/oauth';
import { AuthorizationDetailsResolver } from '../authorization-details/authorization-details.resolver.js';
import { type Client } from '../client/client.js';
import { ClientStore } from '../client/client.store.js';
import { PublishedClients } from '../client-metadata-document/published.clients.js';
import { type FormParameters } from '../http/form.parser.js';
import { type RequestOrigin } from '../http/request.origin.js';
import { IdTokenVerifier } from '../issuance/id-token.verifier.js';
import { GrantTargetResolver } from '../resource/grant-target.resolver.js';
import {
  parseAuthorizationParameters,
  readAuthorizationParameter,
} from './authorization-parameters.parser.js';
import { type AuthorizationRequest } from './authorization-request.js';
import { checkAuthorizationRequest } from './checks/authorization.checks.js';
import { checkClient } from './checks/client.check.js';
import { checkRedirectUri } from './checks/redirect-uri.check.js';
import { findResponseMode } from './checks/response-mode.check.js';

/** To whom an answer may go, and how: a client and one of its own redirect URIs. */
export interface Recipient {
  readonly client: Client;
  readonly redirectUri: string;
  readonly responseMode: ResponseMode;
  readonly state: string | null;
}

@Injectable()
export class AuthorizationRequestChecker {
  constructor(
    private readonly clients: ClientStore,
    private readonly published: PublishedClients,
    private readonly targets: GrantTargetResolver,
    private readonly idTokens: IdTokenVerifier,
    private readonly details: AuthorizationDetailsResolver,
  ) {}

  /**
   * Whom a request of a browser is answered to. Where it throws, nobody may be: a page says why.
   * @throws OAuthError where client or redirect_uri are not to be trusted
   */
  async findRecipient(form: FormParameters, origin: RequestOrigin): Promise<Recipient> {
    const client = await this.findClient(readAuthorizationParameter(form, 'client_id'), origin);
    return this.recipientOf(client, form);
  }

  /** @throws OAuthError where the client is unknown or disabled, or its document is not good any more */
  async findClient(clientId: string | null, origin: RequestOrigin): Promise<Client> {
    const problem = await this.published.findProblem(clientId ?? '', origin, 'authorization');
    if (typeof problem === 'string') {
      const reason = `client ${clientId}: ${problem}`;
      throw new UnauthorizedClientError('the client is unknown or disabled', reason);
    }
    return checkClient(clientId, this.clients);
  }

  /** @throws OAuthError where the redirect_uri is not this client's */
  recipientOf(client: Client, form: FormParameters): Recipient {
    const redirectUri = checkRedirectUri(client, readAuthorizationParameter(form, 'redirect_uri'));
    // What is wrong with these is said by the checks: in the default mode, without a doubtful state.
    const responseMode = findResponseMode(soundOrNull(form, 'response_mode')) ?? 'query';
    return { client, redirectUri, responseMode, state: soundOrNull(form, 'state') };
  }

  /** @throws OAuthError of the first check that refuses */
  async check(
    { client, redirectUri }: Pick<Recipient, 'client' | 'redirectUri'>,
    form: FormParameters,
    pushed: boolean,
    provenJkt: string | null = null,
  ): Promise<AuthorizationRequest> {
    const parameters = parseAuthorizationParameters(form);
    return checkAuthorizationRequest(
      { parameters, client, redirectUri, pushed, provenJkt },
      { targets: this.targets, idTokens: this.idTokens, details: this.details },
    );
  }
}

function soundOrNull(form: FormParameters, name: 'state' | 'response_mode'): string | null {
  try {
    return readAuthorizationParameter(form, name);
  } catch {
    return null;
  }
}
