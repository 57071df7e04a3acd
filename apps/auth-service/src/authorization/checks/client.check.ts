/** The client is known and enabled; before that nothing may be sent anywhere. */
import { InvalidRequestError, UnauthorizedClientError } from '@keyward/oauth';
import { type Client } from '../../client/client.js';
import { type ClientStore } from '../../client/client.store.js';

// client-id = *VSCHAR (RFC 6749 appendix A.1); PostgreSQL would refuse a NUL.
const CLIENT_ID = /^[\x20-\x7e]{1,255}$/;

/**
 * @throws InvalidRequestError where it is not named
 * @throws UnauthorizedClientError for an unknown and a disabled client, in the same words
 * @see RFC 6749 section 4.1.2.1
 */
export async function checkClient(clientId: string | null, clients: ClientStore): Promise<Client> {
  if (clientId === null) throw new InvalidRequestError('the parameter client_id is missing');
  const client = CLIENT_ID.test(clientId) ? await clients.find(clientId) : null;
  if (client === null) throw refused('there is no such client');
  if (client.disabledAt !== null) throw refused(`client ${client.clientId} is disabled`);
  return client;
}

function refused(reason: string): UnauthorizedClientError {
  return new UnauthorizedClientError('the client is unknown or disabled', reason);
}
