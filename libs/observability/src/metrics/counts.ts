/** Counts by words that the program itself chooses: plain numbers, read when they are scraped. */
import { type Sample, type ScrapedMetric } from './scraped.metric.js';

const MAX_SERIES = 1000;

/**
 * One counter with labels. What is counted must be a word of the program: beyond a thousand combinations,
 * which no program of this size has, all others are one, so that a mistake costs no memory.
 */
export class Counts<Label extends string> {
  private readonly values = new Map<string, number>();

  constructor(
    private readonly name: string,
    private readonly help: string,
    private readonly labels: readonly Label[],
  ) {}

  /** @param words one for each label, in their order */
  add(...words: readonly string[]): void {
    let key = words.length === 1 ? (words[0] ?? '') : words.join('\n');
    if (!this.values.has(key) && this.values.size >= MAX_SERIES) {
      key = this.labels.map(() => 'other').join('\n');
    }
    this.values.set(key, (this.values.get(key) ?? 0) + 1);
  }

  metric(): ScrapedMetric {
    return { name: this.name, help: this.help, type: 'counter', read: () => this.samples() };
  }

  private *samples(): Iterable<Sample> {
    for (const [key, value] of this.values) {
      const words = key.split('\n');
      const labels = Object.fromEntries(this.labels.map((label, i) => [label, words[i] ?? '']));
      yield { labels, value };
    }
  }
}
