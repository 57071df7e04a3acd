/** Interactions under way in this process: the default of a single process without Redis. */
import { type Interaction } from '../../interaction/interaction.js';
import { INTERACTION_SECONDS, InteractionStore } from '../../interaction/interaction.store.js';

/** Most interactions that are kept, unless told otherwise. */
export const MAX_INTERACTIONS = 10_000;

/** Null stands for one that was claimed, until it would have expired. */
interface KeptInteraction {
  readonly interaction: Interaction | null;
  readonly expiresAtMs: number;
}

/** Bounded: anyone can begin an interaction. Beyond the bound the one that began first is dropped. */
export class MemoryInteractionStore extends InteractionStore {
  // In the order in which they began, which is that in which they expire.
  private readonly kept = new Map<string, KeptInteraction>();

  constructor(private readonly maxInteractions = MAX_INTERACTIONS) {
    super();
  }

  async save(interaction: Interaction): Promise<void> {
    const { interactionId, createdAtMs } = interaction;
    if (this.kept.get(interactionId)?.interaction === null) return;
    this.kept.set(interactionId, {
      interaction: structuredClone(interaction),
      expiresAtMs: createdAtMs + INTERACTION_SECONDS * 1000,
    });
    this.dropFirst();
  }

  async find(interactionId: string): Promise<Interaction | null> {
    const kept = this.kept.get(interactionId);
    return kept === undefined || kept.expiresAtMs <= Date.now()
      ? null
      : structuredClone(kept.interaction);
  }

  async claim(interactionId: string): Promise<boolean> {
    const kept = this.kept.get(interactionId);
    if (kept === undefined || kept.interaction === null || kept.expiresAtMs <= Date.now()) {
      return false;
    }
    this.kept.set(interactionId, { ...kept, interaction: null });
    return true;
  }

  /** Interactions held, expired ones that were not dropped yet included. */
  get size(): number {
    return this.kept.size;
  }

  private dropFirst(): void {
    const now = Date.now();
    for (const [interactionId, { expiresAtMs }] of this.kept) {
      if (this.kept.size <= this.maxInteractions && expiresAtMs > now) return;
      this.kept.delete(interactionId);
    }
  }
}
