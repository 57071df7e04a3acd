/** A service's part of docs/configuration.md: its variables, from the schema that checks them. */
import { type VariableDescription } from './variable.table.js';

/** A group of variables in the document. */
export interface DescribedVariables {
  /** The heading above them; none where the service has one table. */
  readonly heading?: string;
  readonly variables: readonly (readonly [name: string, description: VariableDescription])[];
}

/**
 * The section's whole text, as prettier would have it.
 * @param service the name that its heading has
 * @param defaults what the schema falls back to, as an operator would write it
 */
export function configurationSection(
  service: string,
  groups: readonly DescribedVariables[],
  defaults: Readonly<Record<string, string>>,
): string {
  const parts = groups.map(({ heading, variables }) => {
    const rows = variables.map(([name, description]) => row(name, description, defaults[name]));
    const title = heading === undefined ? '' : `### ${heading}\n\n`;
    return `${title}${table([['variable', 'default', 'meaning'], ...rows])}\n`;
  });
  return [`## ${service}\n`, ...parts].join('\n');
}

function row(
  name: string,
  { meaning, secret, byDefault }: VariableDescription,
  value: string | undefined,
) {
  return [
    `\`${name}\`${secret === true ? ' \\*' : ''}`,
    byDefault ?? (value === undefined ? 'none' : `\`${value}\``),
    meaning,
  ];
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_head, column) =>
    Math.max(...rows.map((cells) => cells[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [head = [], ...body] = rows;
  const rule = widths.map((width) => '-'.repeat(width));
  return [head, rule, ...body].map(line).join('\n');
}
