/** What `keyward apply` would do or did, as a text with the difference member by member, and as JSON. */
import { type PlannedClient } from './apply.plan.js';

/** What became of a client of the file. */
export type Outcome = 'unchanged' | 'pending' | 'done' | 'failed' | 'not_tried';

export interface ReportedClient extends PlannedClient {
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

export function reportJson(clients: readonly ReportedClient[]): object {
  return {
    clients: clients.map(({ wanted, action, outcome, changes }) => ({
      client_id: wanted.client_id,
      action,
      outcome,
      changes,
    })),
  };
}

export function reportText(clients: readonly ReportedClient[]): string {
  const lines = clients.flatMap((client) => linesOf(client));
  const same = clients.filter(({ action }) => action === 'none').length;
  const summary = Object.entries(count(clients)).map(([what, times]) => `${times} ${what}`);
  return [...lines, [...summary, `${same} as wanted`].join(', ')].join('\n');
}

function linesOf({ wanted, action, outcome, changes }: ReportedClient): string[] {
  if (action === 'none' || outcome === 'unchanged') return [];
  const members = Object.entries(changes).flatMap(([name, { before, after }]) => [
    ...(before === undefined ? [] : [`  - ${name}: ${JSON.stringify(before)}`]),
    ...(after === undefined ? [] : [`  + ${name}: ${JSON.stringify(after)}`]),
  ]);
  return [`client ${wanted.client_id}: ${VERBS[action][outcome]}`, ...members];
}

function count(clients: readonly ReportedClient[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { action, outcome } of clients) {
    if (action === 'none' || outcome === 'unchanged') continue;
    const what = VERBS[action][outcome];
    counts[what] = (counts[what] ?? 0) + 1;
  }
  return counts;
}
