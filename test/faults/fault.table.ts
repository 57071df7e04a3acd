/** Reports of faults as lines for a terminal and as a table for docs/reliability.md. */
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { type FaultReport, total } from './fault.report.js';

const BEGIN = '<!-- faults: begin, made by `npm run faults -- --write docs/reliability.md` -->';
const END = '<!-- faults: end -->';

/** What happened, and below it each promise that was broken. */
export function lineOf(report: FaultReport): string {
  const { name, good, recoveryMs, broken } = report;
  const verdict = broken.length === 0 ? 'kept' : 'BROKEN';
  const head =
    `${name.padEnd(22)} ${verdict.padEnd(6)} ${good} good, ${total(report.unavailable)} asked to wait, ` +
    `${total(report.refused)} refused, ${total(report.failed)} failed; ` +
    `well again after ${(recoveryMs / 1000).toFixed(1)} s`;
  return [head, ...broken.map((what) => `    ${what}`)].join('\n');
}

/**
 * Puts the table between the markers of a document.
 * @throws Error where there are none
 */
export function writeTable(file: string, reports: readonly FaultReport[]): void {
  const text = readFileSync(file, 'utf8');
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (begin === -1 || end < begin) throw new Error(`${file} has no markers for the table`);
  const table = tableOf(reports);
  writeFileSync(file, `${text.slice(0, begin)}${BEGIN}\n\n${table}\n\n${text.slice(end)}`);
}

function tableOf(reports: readonly FaultReport[]): string {
  const kept = reports.filter(({ broken }) => broken.length === 0).length;
  const machine = `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}, Node.js ${process.version}`;
  const rows = reports.map((report) => [
    `${report.what} (\`${report.name}\`)`,
    report.promise,
    String(report.good),
    counted(report.unavailable),
    counted(report.refused),
    counted(report.failed),
    `${(report.recoveryMs / 1000).toFixed(1)} s`,
    report.broken.length === 0 ? 'kept' : `**broken**: ${report.broken.join('; ')}`,
  ]);
  const head = [
    'what happens',
    'promise',
    'good',
    '503',
    'refused',
    'failed',
    'recovery',
    'verdict',
  ];
  return [
    `${kept} of ${reports.length} promises kept, on ${machine}.`,
    '',
    rowOf(head),
    rowOf(head.map(() => '---')),
    ...rows.map(rowOf),
  ].join('\n');
}

function rowOf(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function counted(counts: Readonly<Record<string, number>>): string {
  const details = Object.entries(counts).map(([detail, count]) => `${count} x ${detail}`);
  return details.length === 0 ? '0' : details.join(', ');
}
