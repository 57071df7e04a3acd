/** Who is said to act in a token that was made by exchange (RFC 8693 section 4.1). */
import { type ActorClaim, InvalidRequestError } from '@keyward/oauth';

/** Actors that one token can name: a longer chain is a circle or a mistake. */
export const MAX_ACTORS = 4;

/**
 * The one who acts now, and within it those who acted before.
 *
 * @param prior the `act` of the subject token
 * @throws InvalidRequestError where there would be more than {@link MAX_ACTORS}
 */
export function actingFor(actor: string, prior: ActorClaim | undefined): ActorClaim {
  let actors = 1;
  for (let each = prior; each !== undefined; each = each.act) actors += 1;
  if (actors > MAX_ACTORS) {
    throw new InvalidRequestError(`more than ${MAX_ACTORS} actors would stand in the token`);
  }
  return { sub: actor, ...(prior && { act: prior }) };
}
