/** A secret may stand in a file, as Docker and Kubernetes mount them: `NAME_FILE` in place of `NAME`. */
import { readFileSync, statSync } from 'node:fs';

/** Far above any key or connection string. */
const MAX_BYTES = 65_536;

/** What is known of a secret: its value, or why it cannot be had; neither where nobody set it. */
export interface SecretReading {
  readonly value?: string;
  /** A sentence that begins with the variable's name, and never holds the value. */
  readonly problem?: string;
}

/**
 * The secret that a variable holds, or the file that the variable with `_FILE` behind its name names: its text
 * without the line break at the end. An empty variable counts as absent.
 */
export function readSecret(environment: NodeJS.ProcessEnv, name: string): SecretReading {
  const value = environment[name];
  const path = environment[`${name}_FILE`];
  if (!path) return value ? { value } : {};
  if (value) return { problem: `${name} and ${name}_FILE exclude each other: one place is enough` };
  try {
    // A device or a pipe would be read for ever.
    const file = statSync(path);
    if (!file.isFile()) return { problem: `${name}_FILE is no file` };
    if (file.size > MAX_BYTES) return { problem: `${name}_FILE is larger than ${MAX_BYTES} bytes` };
    const text = readFileSync(path, 'utf8').replace(/\r?\n$/, '');
    return text === '' ? { problem: `${name}_FILE is empty` } : { value: text };
  } catch (error) {
    return { problem: `${name}_FILE cannot be read: ${(error as NodeJS.ErrnoException).message}` };
  }
}

/** The environment with every secret in its variable, and what is wrong with their files. */
export function readSecrets(
  environment: NodeJS.ProcessEnv,
  names: readonly string[],
): { environment: NodeJS.ProcessEnv; problems: string[] } {
  const problems: string[] = [];
  const complete = { ...environment };
  for (const name of names) {
    const { value, problem } = readSecret(environment, name);
    if (problem !== undefined) problems.push(problem);
    if (value !== undefined) complete[name] = value;
  }
  return { environment: complete, problems };
}
