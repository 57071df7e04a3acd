/** Why nobody was signed in by an upstream provider. */

/** It gave no answer that could be used: it is down, slow, or not configured as it says. */
export class UpstreamUnavailableError extends Error {
  override readonly name = 'UpstreamUnavailableError';
}

/** What it answered is no proof. */
export class UpstreamRefusalError extends Error {
  override readonly name = 'UpstreamRefusalError';

  /** @param reason for the audit record: a word of ours, or an error code */
  constructor(
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(reason, options);
  }
}

const MAX_CAUSES = 5;

/** Finds out whether an error, or what caused it, is that the provider cannot be asked. */
export function findUnavailability(error: unknown): UpstreamUnavailableError | null {
  let current = error;
  for (let depth = 0; depth < MAX_CAUSES && current instanceof Error; depth += 1) {
    if (current instanceof UpstreamUnavailableError) return current;
    current = current.cause;
  }
  return null;
}
