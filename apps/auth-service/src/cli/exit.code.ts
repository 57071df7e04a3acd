/** How a command ends, for scripts: documented in docs/guides/command-line.md, and never renumbered. */

export const EXIT = {
  /** Done; of a dry run: nothing would change. */
  ok: 0,
  /** Not done, or not all of it: the error output says where it stopped and what to do. */
  failed: 1,
  /** The command line or its settings are not understood: nothing was done. */
  usage: 2,
  /** Of `apply`: changes are pending (`--dry-run`). */
  pending: 3,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
