/** Port: the upstream providers. */
import { type Upstream } from './upstream.js';

/** An upstream to be written: the declaration may end it, and never renews it. */
export type NewUpstream = Omit<Upstream, 'disabledAt' | 'updatedAt'> & {
  readonly disabled: boolean;
};

/** Reads and declares upstreams. */
export abstract class UpstreamStore {
  /**
   * Disabled ones included: whoever asks decides what that means.
   * @returns null where there is none
   * @throws TemporarilyUnavailableError where the store cannot be reached
   */
  abstract find(upstreamId: string): Promise<Upstream | null>;

  /**
   * Those of these that people can sign in by, in the same order; ids that are nobody's are left out.
   * @param upstreamIds null for every one, by id
   * @throws TemporarilyUnavailableError where the store cannot be reached
   */
  abstract findEnabled(upstreamIds: readonly string[] | null): Promise<readonly Upstream[]>;

  /**
   * Creates it, or changes what differs. Idempotent, and safe by several replicas at once; one that is
   * disabled stays so.
   *
   * @throws StartupError where another upstream has the issuer
   * @throws TemporarilyUnavailableError where the store cannot be reached
   */
  abstract declare(upstream: NewUpstream): Promise<void>;
}
