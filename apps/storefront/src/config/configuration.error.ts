/** What is wrong with a configuration: every problem, so that one start is enough to see them all. */
export class ConfigurationError extends Error {
  /** @param problems one line each, starting with the variable's name; never a secret's value */
  constructor(readonly problems: readonly string[]) {
    super(`The configuration is not usable:\n${problems.map((p) => `  - ${p}`).join('\n')}`);
    this.name = 'ConfigurationError';
  }
}
