/** What each environment variable of a service means: beside the schema, which says what it may hold. */

/** A variable as an operator sees it. */
export interface VariableDescription {
  readonly meaning: string;
  /** Never printed; may stand in a file (`NAME_FILE`). */
  readonly secret?: true;
  /** The default in words, where the schema has none. */
  readonly byDefault?: string;
}

/** A description for every variable of a schema: one that nobody described does not compile. */
export type VariableTable<Name extends string> = {
  readonly [Each in Name]: VariableDescription;
};

/** The names of the variables that hold a secret. */
export function secretsOf(table: Readonly<Record<string, VariableDescription>>): readonly string[] {
  return Object.entries(table)
    .filter(([, { secret }]) => secret)
    .map(([name]) => name);
}
