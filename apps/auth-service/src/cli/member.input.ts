/** The members of a client or of a person, as a command line says them. */
import { CommandUsageError } from './command.error.js';
import { type Options, textOption } from './command.group.js';
import { parseYaml, readText } from './yaml.input.js';

export const FILE_OPTION = [
  '--file <path>',
  'its members as YAML or JSON; - reads the standard input',
] as const;
export const SET_OPTION = [
  '--set <member=value>',
  'one member, its value as YAML; more than once for more members',
  (text: string, earlier: readonly string[] = []) => [...earlier, text],
] as const;

/** Arguments show in `ps`. */
const SECRET_MEMBERS = ['password', 'client_secret'];

/**
 * The members that `--file` and `--set` say, over those `before`.
 * @throws CommandUsageError where nothing is said, or it cannot be read
 */
export async function readMembers(
  options: Options,
  before: Readonly<Record<string, unknown>>,
): Promise<Record<string, unknown>> {
  const path = textOption(options, 'file');
  const settings = (options['set'] as readonly string[] | undefined) ?? [];
  if (path === undefined && settings.length === 0) {
    throw new CommandUsageError('nothing is said of it', 'Say it by --file or --set.');
  }
  const members: Record<string, unknown> = { ...before };
  if (path !== undefined) Object.assign(members, objectIn(await readText(path), path));
  for (const setting of settings) {
    const [, name = '', text = ''] = /^([a-z_]+)=(.*)$/s.exec(setting) ?? [];
    // What is written here may be secret by mistake: it is not repeated.
    if (name === '') throw new CommandUsageError('--set takes member=value');
    if (SECRET_MEMBERS.includes(name)) {
      throw new CommandUsageError(`${name} is a secret: say it by --file -`);
    }
    members[name] = parseYaml(text, `--set ${name}`);
  }
  return members;
}

function objectIn(text: string, path: string): object {
  const value = parseYaml(text, path);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new CommandUsageError(`${path} must hold the members of one`);
}
