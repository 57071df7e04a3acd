/** What an evaluation came to, in the time that it may take. */
import {
  IntrospectionUnavailableError,
  KeysUnavailableError,
  RefusedTokenError,
  RevocationsUnavailableError,
  type Refusal,
} from '../access-token/refusal.js';
import { type Decision } from './shadow-comparison.js';

/** The refusal that a verifier threw; undefined for any other error. */
export function refusalIn(error: unknown): Refusal | undefined {
  const isRefusal =
    error instanceof RefusedTokenError ||
    error instanceof KeysUnavailableError ||
    error instanceof RevocationsUnavailableError ||
    error instanceof IntrospectionUnavailableError;
  return isRefusal ? error : undefined;
}

/** The decision, or `timed_out` where it takes longer. */
export async function decisionWithin(
  timeoutMs: number,
  deciding: Promise<Decision>,
): Promise<Decision> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Decision>((resolve) => {
    const answer = { verdict: 'undecided', reason: 'timed_out' } as const;
    timer = setTimeout(() => resolve({ answer }), timeoutMs).unref();
  });
  try {
    return await Promise.race([deciding, late]);
  } finally {
    clearTimeout(timer);
  }
}
