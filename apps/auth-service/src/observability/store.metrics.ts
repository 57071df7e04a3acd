/** How PostgreSQL and Redis are doing, as seen by this process at the moment of a scrape. */
import { type Sample, type ScrapedMetric } from '@keyward/observability';
import { type ReadinessCheck } from '../health/readiness.check.js';
import { type PostgresDatabase } from '../storage/postgres/postgres.database.js';

const TIMEOUT_MS = 1000;
/** Answers of one scrape are shared by the metrics of it. */
const SHARED_MS = 500;

/** @param checks of stores, each by its name */
export function storeMetrics(
  checks: readonly ReadinessCheck[],
  database: PostgresDatabase,
): readonly ScrapedMetric[] {
  let latest: { readonly atMs: number; readonly asked: Promise<readonly Answer[]> } | undefined;
  const answers = (): Promise<readonly Answer[]> => {
    const nowMs = performance.now();
    if (latest === undefined || nowMs - latest.atMs > SHARED_MS) {
      latest = { atMs: nowMs, asked: Promise.all(checks.map(ask)) };
    }
    return latest.asked;
  };
  const sampled = async (value: (answer: Answer) => number): Promise<Sample[]> =>
    (await answers()).map((answer) => ({ labels: { store: answer.store }, value: value(answer) }));
  return [
    {
      name: 'keyward_store_up',
      help: '1 where a store answered.',
      type: 'gauge',
      read: () => sampled(({ up }) => (up ? 1 : 0)),
    },
    {
      name: 'keyward_store_ping_seconds',
      help: 'How long a store took to answer, or for how long it was waited for.',
      type: 'gauge',
      read: () => sampled(({ seconds }) => seconds),
    },
    {
      name: 'keyward_postgres_pool_connections',
      help: 'Connections of the pool to PostgreSQL: busy, idle, and requests that wait for one.',
      type: 'gauge',
      read: () =>
        Object.entries(database.pool).map(([state, value]) => ({ labels: { state }, value })),
    },
  ];
}

interface Answer {
  readonly store: string;
  readonly up: boolean;
  readonly seconds: number;
}

async function ask(check: ReadinessCheck): Promise<Answer> {
  const startedMs = performance.now();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), TIMEOUT_MS);
  });
  const answered = check.check().then(
    () => true,
    () => false,
  );
  const up = await Promise.race([answered, late]);
  clearTimeout(timer);
  return { store: check.name, up, seconds: (performance.now() - startedMs) / 1000 };
}
