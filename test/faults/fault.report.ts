/** What was observed during one fault, and whether every promise was kept. */
import { type Fault } from './fault.js';
import { KINDS, type Kind, type Ledger, type Tally, type Verdict } from './load/ledger.js';

/** One row of the report. */
export interface FaultReport {
  readonly name: string;
  readonly what: string;
  readonly promise: string;
  readonly good: number;
  /** By details: 503 with Retry-After, then other errors by code, then everything else. */
  readonly unavailable: Readonly<Record<string, number>>;
  readonly refused: Readonly<Record<string, number>>;
  readonly failed: Readonly<Record<string, number>>;
  /** From the end of the fault until everything was answered well for good. */
  readonly recoveryMs: number;
  /** Empty where every promise was kept. */
  readonly broken: readonly string[];
  readonly byKind: Readonly<Record<Kind, Tally>>;
}

/** How strictly it is judged. */
export interface JudgementOptions {
  /** Takes 503 from anybody at any time: for a machine whose stores are slow because it has other work. */
  readonly acceptsWaiting?: boolean;
}

/** What the ledger says against the promises of a fault. */
export function findBroken(fault: Fault, ledger: Ledger, options: JudgementOptions = {}): string[] {
  return [
    ...KINDS.flatMap((kind) => brokenBy(fault, kind, ledger.tallyOf(kind), options)),
    ...unfelt(fault, ledger),
  ];
}

export function reportOf(
  { name, what, promise }: Fault,
  ledger: Ledger,
  recoveryMs: number,
  broken: readonly string[],
): FaultReport {
  const tallies = KINDS.map((kind) => ledger.tallyOf(kind));
  return {
    name,
    what,
    promise,
    good: tallies.reduce((sum, { good }) => sum + total(good), 0),
    unavailable: merged(tallies, ['unavailable']),
    refused: merged(tallies, ['refused']),
    failed: merged(tallies, ['broken', 'failed']),
    recoveryMs: Math.round(recoveryMs),
    broken,
    byKind: Object.fromEntries(
      KINDS.map((kind) => [kind, ledger.tallyOf(kind)]),
    ) as FaultReport['byKind'],
  };
}

/** The sum of what was counted. */
export function total(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

function brokenBy(
  { mayWait = [], mayBreak = [], mayRefuse = {} }: Fault,
  kind: Kind,
  tally: Tally,
  { acceptsWaiting = false }: JudgementOptions,
): string[] {
  const refusals = mayRefuse[kind] ?? [];
  const isAllowed: Record<Verdict, (detail: string) => boolean> = {
    good: () => true,
    unavailable: () => acceptsWaiting || mayWait.includes(kind),
    refused: (detail) => refusals.some((start) => detail.startsWith(start)),
    broken: () => mayBreak.includes(kind),
    failed: (detail) => refusals.some((start) => detail.startsWith(start)),
  };
  const verdicts = Object.entries(tally) as [Verdict, Record<string, number>][];
  return verdicts.flatMap(([verdict, details]) =>
    Object.entries(details)
      .filter(([detail]) => !isAllowed[verdict](detail))
      .map(([detail, count]) => `${kind}: ${count} x ${detail}`),
  );
}

function unfelt({ feltBy }: Fault, ledger: Ledger): string[] {
  if (feltBy === undefined) return [];
  const isFelt = feltBy.some((kind) => {
    const { unavailable, refused, broken, failed } = ledger.tallyOf(kind);
    return [unavailable, refused, broken, failed].some((details) => total(details) > 0);
  });
  return isFelt ? [] : [`nobody felt it, and ${feltBy.join(' or ')} should have`];
}

function merged(tallies: readonly Tally[], verdicts: readonly Verdict[]): Record<string, number> {
  const all: Record<string, number> = {};
  for (const tally of tallies) {
    for (const verdict of verdicts) {
      for (const [detail, n] of Object.entries(tally[verdict]))
        all[detail] = (all[detail] ?? 0) + n;
    }
  }
  return all;
}
