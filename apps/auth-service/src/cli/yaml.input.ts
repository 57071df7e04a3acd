/** Reads YAML, of which JSON is a part: strictly, and without anything that a text could make grow. */
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { parseDocument } from 'yaml';
import { CommandUsageError } from './command.error.js';

/**
 * @param path `-` for the standard input
 * @throws CommandUsageError where it cannot be read
 */
export async function readText(path: string): Promise<string> {
  try {
    return path === '-' ? await text(process.stdin) : await readFile(path, 'utf8');
  } catch (error) {
    throw new CommandUsageError(`${path} cannot be read: ${(error as Error).message}`);
  }
}

/**
 * @param what it is called in errors; a value is never repeated in them
 * @throws CommandUsageError for what is malformed, holds a member twice, a tag or an alias
 */
export function parseYaml(source: string, what: string): unknown {
  const document = parseDocument(source, {
    schema: 'core',
    strict: true,
    uniqueKeys: true,
    prettyErrors: false,
    stringKeys: true,
  });
  const [problem] = [...document.errors, ...document.warnings];
  if (problem !== undefined) {
    const line = source.slice(0, problem.pos[0]).split('\n').length;
    throw new CommandUsageError(`${what} is malformed in line ${line} (${problem.code})`);
  }
  try {
    return document.toJS({ maxAliasCount: 0 });
  } catch {
    throw new CommandUsageError(`${what} must not hold aliases`);
  }
}
