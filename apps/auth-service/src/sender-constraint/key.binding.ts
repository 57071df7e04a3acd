/** What a refresh token is bound to besides its client. */
import { type ConfirmationClaim } from '@keyward/oauth';
import { type Client } from '../client/client.js';

/**
 * The key that a public client proved; a confidential one is bound by how it authenticates, and may
 * change its key.
 *
 * @returns the SHA-256 thumbprint of the key, or null
 * @see RFC 9449 section 5, RFC 8705 section 7.1
 */
export function keyBindingOf(
  { authenticationMethod }: Pick<Client, 'authenticationMethod'>,
  confirmation: ConfirmationClaim | null,
): Buffer | null {
  if (authenticationMethod !== 'none') return null;
  const thumbprint = confirmation?.jkt ?? confirmation?.['x5t#S256'];
  return thumbprint === undefined ? null : Buffer.from(thumbprint, 'base64url');
}
