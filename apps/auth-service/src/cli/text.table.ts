/** Rows as aligned columns, for people; programs take `--json`. */
import { plainText } from './plain.text.js';

/** A cell that has nothing. */
const NONE = '-';

/** What a column is called, and what a row has there. */
export type Columns<Row> = Readonly<
  Record<string, (row: Row) => string | number | null | undefined>
>;

/** @param nothing what is said where there are no rows */
export function textTable<Row>(
  rows: readonly Row[],
  columns: Columns<Row>,
  nothing: string,
): string {
  if (rows.length === 0) return nothing;
  const lines = [
    Object.keys(columns),
    ...rows.map((row) => Object.values(columns).map((cellOf) => cell(cellOf(row)))),
  ];
  const widths = Object.keys(columns).map((_, column) =>
    Math.max(...lines.map((line) => (line[column] ?? '').length)),
  );
  const padded = lines.map((line) =>
    line.map((text, column) => text.padEnd(widths[column] ?? 0)).join('  '),
  );
  return padded.map((line) => line.trimEnd()).join('\n');
}

/** One record, a member a line; members without a value are left out. */
export function textRecord(record: Readonly<Record<string, unknown>>): string {
  const members = Object.entries(record).filter(([, value]) => !isNothing(value));
  const width = Math.max(0, ...members.map(([name]) => name.length));
  return members.map(([name, value]) => `${name.padEnd(width)}  ${cell(textOf(value))}`).join('\n');
}

function cell(value: string | number | null | undefined): string {
  const text = plainText(String(value ?? ''));
  return text === '' ? NONE : text;
}

function isNothing(value: unknown): boolean {
  return value === undefined || value === null || (Array.isArray(value) && value.length === 0);
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  const isList = Array.isArray(value) && value.every((one) => typeof one === 'string');
  return isList ? value.join(' ') : JSON.stringify(value);
}
