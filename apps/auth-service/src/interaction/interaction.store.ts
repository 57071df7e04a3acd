/** Port: the interactions under way. Hot state: one that is lost is begun again by the client. */
import { type Interaction } from './interaction.js';

/** How long a person may take. */
export const INTERACTION_SECONDS = 1800;

export abstract class InteractionStore {
  /**
   * Keeps an interaction, for {@link INTERACTION_SECONDS} from its beginning, in place of the one
   * of the same id.
   * @throws TemporarilyUnavailableError where the store cannot be reached
   */
  abstract save(interaction: Interaction): Promise<void>;

  /**
   * @returns null where there is none or it expired
   * @throws TemporarilyUnavailableError where the store cannot be reached
   */
  abstract find(interactionId: string): Promise<Interaction | null>;

  /**
   * Takes it away: of any number of callers one is told true, so that one response is made.
   * @throws TemporarilyUnavailableError where the store cannot be reached
   */
  abstract claim(interactionId: string): Promise<boolean>;
}
