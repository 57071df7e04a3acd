/** The document docs/configuration.md: every variable of auth-service, from the schema that checks them. */
import { environmentDefaults } from './environment.schema.js';
import {
  VARIABLE_DESCRIPTIONS,
  VARIABLE_GROUPS,
  type VariableDescription,
  type VariableGroup,
} from './variable.descriptions.js';

const INTRODUCTION = `# Configuration of auth-service

The environment is the only source, and is checked as a whole before anything is opened: a start that is refused
lists every problem, by the variable's name. An empty variable counts as absent.

A secret (marked with *) may stand in a file instead, as Docker and Kubernetes mount them: the variable's name with
\`_FILE\` behind it holds the path. That also holds for the variables that a bootstrap file names by \`{"env": "NAME"}\`.

Made by \`npm run configuration\` from the schema; a test fails while this file says anything else.
`;

const BOOTSTRAP: readonly [string, VariableDescription] = [
  'AUTH_BOOTSTRAP_FILE',
  {
    group: 'Record',
    meaning: 'JSON file with the clients, resources and accounts that this deployment declares',
    byDefault: 'none',
  },
];

/** The whole text, as prettier would have it but for the width of the columns. */
export function configurationDocument(): string {
  const variables = [...Object.entries(VARIABLE_DESCRIPTIONS), BOOTSTRAP];
  const section = (group: VariableGroup): string => {
    const rows = variables.filter(([, one]) => one.group === group).map(row);
    const head = ['variable', 'default', 'meaning'];
    return `\n## ${group}\n\n${table([head, ...rows])}\n`;
  };
  return INTRODUCTION + VARIABLE_GROUPS.map(section).join('');
}

function row([name, { meaning, secret, byDefault }]: readonly [string, VariableDescription]) {
  const value = environmentDefaults()[name];
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
