/** Refresh tokens of a grant. */
import { type Client } from '../client/client.js';
import { type Grant } from '../grant/grant.js';

export abstract class RefreshTokenService {
  /**
   * The first refresh token of a grant that was just recorded.
   * @returns null where the client is not registered for the refresh token grant
   * @throws TemporarilyUnavailableError where it cannot be recorded
   */
  abstract issue(client: Client, grant: Grant): Promise<string | null>;
}
