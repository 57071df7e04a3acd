/** Port: one thing that must work before this server may get requests. */

/** A readiness check. What it throws goes to the log, never to the answer. */
export abstract class ReadinessCheck {
  /** Its name in the answer. */
  abstract readonly name: string;

  /** @throws whatever is wrong */
  abstract check(): Promise<void>;
}

/** DI token: the list of every {@link ReadinessCheck}. */
export const READINESS_CHECKS = Symbol('READINESS_CHECKS');
