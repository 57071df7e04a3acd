/** Why the process cannot start, said to the operator. */

/** A reason that its message explains in full: it is printed without a stack. */
export class StartupError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}
