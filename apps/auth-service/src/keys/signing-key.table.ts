/** Signing keys as a table for a terminal: no member of any key, only what is said of it. */
import { type SigningKeyEntry } from './signing-key.store.js';

const COLUMNS = ['kid', 'algorithm', 'status', 'signs from', 'signs until', 'held by'];

export function signingKeyTable(keys: readonly SigningKeyEntry[]): string {
  const rows = [COLUMNS, ...keys.map(rowOf)];
  const widths = COLUMNS.map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  return rows
    .map((row) =>
      row
        .map((text, column) => text.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function rowOf({ kid, algorithm, status, signFrom, signUntil, signer }: SigningKeyEntry): string[] {
  return [kid, algorithm, status, signFrom.toISOString(), signUntil?.toISOString() ?? '-', signer];
}
