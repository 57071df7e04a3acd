/** Reads what a service shows to Prometheus. */

interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** The metrics of one moment. */
export class Scrape {
  readonly samples: readonly Sample[];
  /** Names of metrics, by their type. */
  readonly types: ReadonlyMap<string, string>;

  constructor(readonly text: string) {
    const lines = text.split('\n');
    this.types = new Map(
      lines.flatMap((line) => {
        const [, name = '', type = ''] = /^# TYPE (\S+) (\S+)$/.exec(line) ?? [];
        return name === '' ? [] : [[name, type] as const];
      }),
    );
    this.samples = lines.flatMap((line) => {
      const match = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/.exec(line);
      if (match === null) return [];
      const [, name = '', labels = '', value] = match;
      const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)];
      return {
        name,
        labels: Object.fromEntries(pairs.map(([, label = '', text = '']) => [label, text])),
        value: Number(value),
      };
    });
  }

  /** The value of one series; 0 where there is none. */
  value(name: string, labels: Readonly<Record<string, string>>): number {
    const found = this.samples.find(
      (sample) =>
        sample.name === name &&
        Object.keys(sample.labels).length === Object.keys(labels).length &&
        Object.entries(labels).every(([label, text]) => sample.labels[label] === text),
    );
    return found?.value ?? 0;
  }

  /** The sum of all series of a metric. */
  total(name: string): number {
    return this.samples
      .filter((sample) => sample.name === name)
      .reduce((sum, { value }) => sum + value, 0);
  }
}

export async function fetchMetrics(port: number): Promise<Scrape> {
  const response = await fetch(`http://127.0.0.1:${port}/metrics`);
  if (response.status !== 200) throw new Error(`the metrics answered ${response.status}`);
  return new Scrape(await response.text());
}
