/** What `keyward apply` would do or did, as a text with the difference member by member, and as JSON. */
import { type Planned } from './apply.plan.js';

/** What became of a client or resource of the file. */
export type Outcome = 'unchanged' | 'pending' | 'done' | 'failed' | 'not_tried';

export interface Reported extends Planned {
  readonly outcome: Outcome;
}

const VERBS = {
  create: {
    pending: 'to be registered',
    done: 'registered',
    failed: 'not registered',
    not_tried: 'not tried',
  },
  update: {
    pending: 'to be changed',
    done: 'changed',
    failed: 'not changed',
    not_tried: 'not tried',
  },
} as const;

export function reportJson(all: readonly Reported[]): object {
  const of = (kind: Reported['kind']) => all.filter((one) => one.kind === kind);
  return {
    resources: of('resource').map(({ id, ...one }) => ({ identifier: id, ...facts(one) })),
    clients: of('client').map(({ id, ...one }) => ({ client_id: id, ...facts(one) })),
  };
}

function facts({ action, outcome, changes }: Pick<Reported, 'action' | 'outcome' | 'changes'>) {
  return { action, outcome, changes };
}

export function reportText(clients: readonly Reported[]): string {
  const lines = clients.flatMap((client) => linesOf(client));
  const same = clients.filter(({ action }) => action === 'none').length;
  const summary = Object.entries(count(clients)).map(([what, times]) => `${times} ${what}`);
  return [...lines, [...summary, `${same} as wanted`].join(', ')].join('\n');
}

function linesOf({ kind, id, action, outcome, changes }: Reported): string[] {
  if (action === 'none' || outcome === 'unchanged') return [];
  const members = Object.entries(changes).flatMap(([name, { before, after }]) => [
    ...(before === undefined ? [] : [`  - ${name}: ${JSON.stringify(before)}`]),
    ...(after === undefined ? [] : [`  + ${name}: ${JSON.stringify(after)}`]),
  ]);
  return [`${kind} ${id}: ${VERBS[action][outcome]}`, ...members];
}

function count(clients: readonly Reported[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { action, outcome } of clients) {
    if (action === 'none' || outcome === 'unchanged') continue;
    const what = VERBS[action][outcome];
    counts[what] = (counts[what] ?? 0) + 1;
  }
  return counts;
}
