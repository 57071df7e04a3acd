/** Reads a service's environment by its schema: as a whole, with secrets from files, every problem at once. */
import { z } from 'zod';
import { ConfigurationError } from './configuration.error.js';
import { readSecrets } from './secret.file.js';

/** What a service expects of its environment. */
export interface VariableRules<Shape extends z.ZodRawShape> {
  /** The form of each variable. */
  readonly schema: z.ZodObject<Shape>;
  /** The variables that may stand in files. */
  readonly secrets: readonly string[];
  /**
   * What is wrong with variables together, though each may be right by itself: sentences that begin with the
   * name of one. It is asked even where others are malformed, so it gets the texts and not what they mean.
   */
  readonly findProblems?: (
    present: Readonly<Record<string, string | undefined>>,
  ) => readonly string[];
}

/**
 * The environment after validation. An empty variable counts as absent, as compose files pass them on.
 * @throws ConfigurationError listing every problem
 */
export function readVariables<Shape extends z.ZodRawShape>(
  { schema, secrets, findProblems }: VariableRules<Shape>,
  source: NodeJS.ProcessEnv,
): z.output<z.ZodObject<Shape>> {
  const set = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ''));
  const { environment: present, problems } = readSecrets(set, secrets);
  const result = schema.safeParse(present);
  // A file that cannot be read is the problem, not that its variable is missing.
  const told = problems.map((problem) => problem.replace(/ .*$/s, '').replace(/_FILE$/, ''));
  for (const { path, message } of result.error?.issues ?? []) {
    const name = path.join('.');
    if (!told.includes(name)) problems.push(`${name} ${message}`);
  }
  problems.push(...(findProblems?.(present) ?? []));
  if (problems.length > 0 || !result.success) throw new ConfigurationError(problems);
  return result.data;
}

/** The defaults as an operator would write them, by the variable's name. */
export function defaultsOf(
  shape: Readonly<Record<string, z.ZodType>>,
): Readonly<Record<string, string>> {
  const byName = Object.entries(shape).flatMap(([name, variable]) => {
    const document = z.toJSONSchema(variable, { io: 'input', unrepresentable: 'any' });
    return document.default === undefined ? [] : [[name, String(document.default)] as const];
  });
  return Object.fromEntries(byName);
}
