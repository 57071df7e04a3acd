/** Decides whether presented credentials are a client's, at equal cost for every outcome. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InvalidClientError } from '@keyward/oauth';
import { type FastifyRequest } from 'fastify';
import { type Client } from '../client/client.js';
import { ClientStore } from '../client/client.store.js';
import { type FormParameters } from '../http/form.parser.js';
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

/** Authenticates the client of a request. */
@Injectable()
export class ClientAuthenticator {
  constructor(private readonly clients: ClientStore) {}

  /**
   * The client that made this request.
   *
   * @throws InvalidRequestError where the request is ambiguous about its client
   * @throws InvalidClientError where authentication fails, with one description for every reason
   * @throws TemporarilyUnavailableError where clients cannot be read
   * @see RFC 6749 section 2.3
   */
  authenticate(request: FastifyRequest, form: FormParameters): Promise<Client> {
    return this.verify(parseClientCredentials(request, form));
  }

  /** One read, one hash and one comparison, whatever is wrong. */
  async verify(credentials: ClientCredentials): Promise<Client> {
    const clientId = CLIENT_ID.test(credentials.clientId) ? credentials.clientId : '';
    const client = await this.clients.find(clientId);
    const presented = createHash('sha256').update(credentials.clientSecret).digest();
    const matches = timingSafeEqual(presented, client?.secretSha256 ?? NO_SECRET_SHA256);

    if (client === null) throw failed('there is no such client');
    const whose = `client ${client.clientId}`;
    if (!matches) throw failed(`${whose}: wrong secret`);
    if (client.authenticationMethod !== credentials.method) {
      throw failed(`${whose} is registered for ${client.authenticationMethod} alone`);
    }
    if (client.disabledAt !== null) throw failed(`${whose} is disabled`);
    return client;
  }
}

function failed(reason: string): InvalidClientError {
  return new InvalidClientError(CLIENT_AUTHENTICATION_FAILED, reason);
}
