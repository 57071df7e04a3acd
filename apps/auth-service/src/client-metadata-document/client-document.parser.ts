/** Reads a client's document: whose it is, its form, and every URI in it. */
import { Inject, Injectable } from '@nestjs/common';
import { AUTHORIZATION_CODE_GRANT, OAuthError, REFRESH_TOKEN_GRANT } from '@keyward/oauth';
import { z } from 'zod';
import { type ClientDocument } from '../bootstrap/client.schema.js';
import { isLoopbackHost } from '../client/client-uri.rules.js';
import { registrationConfig, type RegistrationConfig } from '../config/registration.config.js';
import { serverConfig, type ServerConfig } from '../config/server.config.js';
import {
  applicationTypeOf,
  documentWithin,
} from '../dynamic-registration/registration.document.js';
import { type RegistrationTerms } from '../dynamic-registration/registration.token.js';
import {
  findRedirectUriProblems,
  findUriProblems,
} from '../dynamic-registration/registration.uri.rules.js';
import { OutboundPolicy } from '../outbound/outbound.policy.js';
import {
  clientDocumentSchema,
  findSecretProblems,
  type PublishedMetadata,
} from './client-document.schema.js';
import { ClientDocumentError } from './client-document.error.js';

const UNREAD_URI = 'backchannel_logout_uri';

// eslint-disable-next-line no-control-regex -- NUL is what is looked for
const UNSTORABLE = /[\u0000\ud800-\udfff]/u;

@Injectable()
export class ClientDocumentParser {
  private readonly terms: RegistrationTerms;

  constructor(
    private readonly policy: OutboundPolicy,
    @Inject(serverConfig.KEY) private readonly server: Pick<ServerConfig, 'production'>,
    @Inject(registrationConfig.KEY)
    { documentScopes }: Pick<RegistrationConfig, 'documentScopes'>,
  ) {
    this.terms = {
      scopes: documentScopes,
      grantTypes: [AUTHORIZATION_CODE_GRANT, REFRESH_TOKEN_GRANT],
      refreshProfile: 'mcp',
    };
  }

  /**
   * What of it is within the operator's terms, for the rules of every client.
   * @throws ClientDocumentError for every document that is not to be used
   * @see draft-ietf-oauth-client-id-metadata-document-01 sections 4.1 and 6.1
   */
  parse(clientId: string, body: Buffer): ClientDocument {
    const sent = membersOf(body);
    // Byte by byte: a document speaks for the place that it is at, and for no other.
    if (sent['client_id'] !== clientId) {
      throw new ClientDocumentError('client_id: is not the URL of the document');
    }
    const result = clientDocumentSchema.safeParse(sent);
    if (!result.success) {
      throw new ClientDocumentError(
        result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '),
      );
    }
    const problems = [
      ...findSecretProblems(sent),
      ...findUriProblems(withoutUnread(sent), this.server.production, this.policy),
      ...this.findRedirectProblems(result.data),
    ];
    if (problems.length > 0) throw new ClientDocumentError(problems.join('; '));
    return this.documentOf(clientId, result.data);
  }

  /** Another site's URIs are left out rather than refused: documents are written for many servers. */
  private documentOf(clientId: string, metadata: PublishedMetadata): ClientDocument {
    const { post_logout_redirect_uris: afterLogout } = metadata;
    const own = {
      redirect_uris: metadata.redirect_uris.filter((uri) => isOwn(uri, clientId)),
      post_logout_redirect_uris: afterLogout?.filter((uri) => isOwn(uri, clientId)),
    };
    if (own.redirect_uris.length === 0) {
      throw new ClientDocumentError(
        'redirect_uris: none is of the origin of the document, or of a program on the device',
      );
    }
    try {
      return documentWithin(this.terms, { ...metadata, ...own }, clientId);
    } catch (error) {
      if (error instanceof OAuthError) throw new ClientDocumentError(error.description);
      throw error;
    }
  }

  private findRedirectProblems(metadata: PublishedMetadata): string[] {
    const { production } = this.server;
    const { redirect_uris: uris, post_logout_redirect_uris: afterLogout = [] } = metadata;
    const type = applicationTypeOf(uris);
    return [
      ...findRedirectUriProblems('redirect_uris', uris, type, production),
      ...findRedirectUriProblems('post_logout_redirect_uris', afterLogout, type, production),
    ];
  }
}

/** Of the origin that answers for the client, or of this device, which the person is told. */
function isOwn(uri: string, clientId: string): boolean {
  const { origin, protocol, hostname } = new URL(uri);
  if (protocol === 'http:' && isLoopbackHost(hostname)) return true;
  return protocol === 'https:' && origin === new URL(clientId).origin;
}

/** No sign-out is told to a URL of a stranger: what is wrong with it is nobody's concern. */
function withoutUnread(sent: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(sent).filter(([name]) => name !== UNREAD_URI));
}

/** What is JSON and no text of PostgreSQL: NUL, and halves of a character. */
function refuseUnstorable(name: string, value: unknown): unknown {
  if (UNSTORABLE.test(name) || (typeof value === 'string' && UNSTORABLE.test(value))) {
    throw new ClientDocumentError('it holds a text that is none');
  }
  return value;
}

function membersOf(body: Buffer): Record<string, unknown> {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(body);
    const members = z.looseObject({}).parse(JSON.parse(text, refuseUnstorable));
    return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== null));
  } catch (error) {
    if (error instanceof ClientDocumentError) throw error;
    throw new ClientDocumentError('it is not a JSON object', { cause: error });
  }
}
