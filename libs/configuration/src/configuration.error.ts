/** What is wrong with a configuration: every problem, so that one start is enough to see them all. */

/** A configuration that the process must not start with. */
export class ConfigurationError extends Error {
  /** @param problems one sentence each, starting with the variable's name; never a secret's value */
  constructor(readonly problems: readonly string[]) {
    super(['the configuration has problems:', ...problems].join('\n  - '));
    this.name = 'ConfigurationError';
  }
}
