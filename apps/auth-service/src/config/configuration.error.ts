/** What stops the process at boot: everything that is wrong with its configuration, at once. */
import { StartupError } from './startup.error.js';

/** A configuration that the process must not start with. */
export class ConfigurationError extends StartupError {
  /** @param problems one sentence each, naming the variable and never holding its value */
  constructor(readonly problems: readonly string[]) {
    super(['the configuration has problems:', ...problems].join('\n  - '));
  }
}
