/** Whether a person can sign in by what this server itself asks of them. */
import { currentLink } from '../upstream/pending.link.js';
import { type OpenInteraction } from './open.interaction.js';

/**
 * Password and passkey are for the clients that want them, and for whoever links an account: a
 * provider has vouched for them already, and the account's owner has to say so too.
 */
export function asksItself({ client, interaction }: OpenInteraction): boolean {
  return client.passwordSignIn || currentLink(interaction, Date.now())?.isWanted === true;
}
