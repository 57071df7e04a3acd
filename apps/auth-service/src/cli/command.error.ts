/** Why a command was not done, and what whoever gave it can do about that. */
import { EXIT, type ExitCode } from './exit.code.js';

/** Both sentences are shown as they are: neither may hold a secret. */
export class CommandError extends Error {
  readonly exitCode: ExitCode = EXIT.failed;

  /** @param remedy null where the message says it all */
  constructor(
    message: string,
    readonly remedy: string | null = null,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The command itself is wrong, or a setting that it needs. */
export class CommandUsageError extends CommandError {
  override readonly exitCode = EXIT.usage;
}
