/** A metric whose values are looked up when it is scraped, and cost nothing before. */
import { type Metric, type Registry } from 'prom-client';

/** One value. Labels are words of the program or of its configuration, never a client's text. */
export interface Sample {
  readonly value: number;
  readonly labels?: Readonly<Record<string, string>>;
  /** Of a histogram's parts: `_bucket`, `_sum`, `_count`. */
  readonly suffix?: '_bucket' | '_sum' | '_count';
}

/** What a metric is, and where its values are found. */
export interface ScrapedMetric {
  /** With the unit, and `_total` for a counter. */
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  /** Its values at this moment. Where it throws, the metric is left out of the answer. */
  read(): Iterable<Sample> | Promise<Iterable<Sample>>;
}

/** Adds metrics to what is scraped. @throws Error for a name that is there already */
export function addMetrics(registry: Registry, metrics: readonly ScrapedMetric[]): void {
  for (const { name, help, type, read } of metrics) {
    const get = async () => {
      let samples: Iterable<Sample> = [];
      try {
        samples = await read();
      } catch {
        // The metrics of what works are worth more than an answer of 500.
      }
      const values = [...samples].map(({ value, labels = {}, suffix = '' }) => ({
        value,
        labels,
        metricName: `${name}${suffix}`,
      }));
      return { name, help, type, values, aggregator: 'sum' as const };
    };
    // A registry asks of a metric no more than this.
    registry.registerMetric({ name, get, reset: () => undefined } as unknown as Metric);
  }
}
