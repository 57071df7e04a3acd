/** Reads a request to sign out, and decides where it may lead (RP-Initiated Logout 1.0 section 2). */
import { Injectable, Logger } from '@nestjs/common';
import { InvalidRequestError } from '@keyward/oauth';
import { type Client } from '../client/client.js';
import { ClientStore } from '../client/client.store.js';
import { type FormParameters } from '../http/form.parser.js';
import { IdTokenVerifier } from '../issuance/id-token.verifier.js';
import { type LogoutRequest } from './logout-request.js';

/**
 * Everything that a request may carry. `logout_hint` and `ui_locales` have no effect: the browser's
 * own session says who signs out, and the pages are in one language.
 */
export const LOGOUT_PARAMETERS = [
  'id_token_hint',
  'client_id',
  'post_logout_redirect_uri',
  'state',
  'logout_hint',
  'ui_locales',
] as const;

// client-id = *VSCHAR (RFC 6749 appendix A.1); PostgreSQL would even refuse a NUL.
const CLIENT_ID = /^[\x20-\x7e]{1,255}$/;

@Injectable()
export class LogoutRequestParser {
  private readonly logger = new Logger('Logout');

  constructor(
    private readonly verifier: IdTokenVerifier,
    private readonly clients: ClientStore,
  ) {}

  /**
   * A hint that is not genuine, and a client that is not known or disabled, count for nothing: the
   * person can still sign out, and stays here. What contradicts itself is refused.
   *
   * @throws InvalidRequestError for a repeated parameter, a client that is not the hint's, and a
   *   redirect that the client did not register
   * @throws TemporarilyUnavailableError where the client cannot be looked up
   * @see RP-Initiated Logout 1.0 sections 2, 3 and 6
   */
  async parse(form: FormParameters): Promise<LogoutRequest> {
    const parameters = Object.fromEntries(
      LOGOUT_PARAMETERS.map((name) => [name, form.single(name)] as const),
    ) as Record<(typeof LOGOUT_PARAMETERS)[number], string | null>;
    const { id_token_hint: idToken, client_id: clientId, state } = parameters;
    const hint = idToken === null ? null : await this.verifier.verifyHint(idToken);
    if (hint !== null && clientId !== null && clientId !== hint.clientId) {
      throw new InvalidRequestError('the client_id is not that of the id_token_hint');
    }
    // Beside a hint that anyone may have made up, nothing shows that the client is who asks.
    const isGenuine = idToken === null || hint !== null;
    if (!isGenuine) this.logger.warn('an id_token_hint that this server did not sign is ignored');
    const client = isGenuine ? await this.findClient(hint?.clientId ?? clientId) : null;
    const redirectUri = registered(client, parameters.post_logout_redirect_uri);
    return { client, hint, redirectUri, state };
  }

  private async findClient(clientId: string | null): Promise<Client | null> {
    if (clientId === null || !CLIENT_ID.test(clientId)) return null;
    const client = await this.clients.find(clientId);
    return client === null || client.disabledAt !== null ? null : client;
  }
}

/**
 * Compared character by character: this endpoint must lead nowhere that nobody registered.
 * @see RP-Initiated Logout 1.0 section 3, RFC 9700 section 4.11
 */
function registered(client: Client | null, redirectUri: string | null): string | null {
  if (client === null || redirectUri === null) return null;
  if (client.postLogoutRedirectUris.includes(redirectUri)) return redirectUri;
  throw new InvalidRequestError(
    'the post_logout_redirect_uri is not registered for the client',
    `client ${client.clientId} has not registered this post_logout_redirect_uri`,
  );
}
