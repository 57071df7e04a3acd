/** Replaces `${NAME}` and `${NAME:-default}` in the strings of a document. */

/**
 * A copy of `value` with every variable replaced.
 * @param problems takes a sentence for each variable that is absent and has no default
 */
export function substituteVariables(
  value: unknown,
  environment: NodeJS.ProcessEnv,
  problems: string[],
): unknown {
  if (typeof value === 'string') {
    return value.replace(/\$\{(\w+)(?::-([^}]*))?\}/g, (_, name: string, fallback?: string) => {
      // As in a shell, `:-` also replaces an empty variable.
      const found = environment[name] || fallback;
      if (found === undefined) problems.push(`AUTH_BOOTSTRAP_FILE needs the variable ${name}`);
      return found ?? '';
    });
  }
  if (Array.isArray(value)) {
    return value.map((item) => substituteVariables(item, environment, problems));
  }
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [
        key,
        substituteVariables(item, environment, problems),
      ]),
    );
  }
  return value;
}
