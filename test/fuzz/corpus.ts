/** The seed corpus: inputs that found something once, and one for every outcome that was ever seen. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const DIRECTORY = fileURLToPath(new URL('./corpus', import.meta.url));
const OUTCOMES = 'outcomes.json';
/** An input that is longer says nothing that a shorter one could not, and git keeps it for ever. */
const MAX_KEPT_LENGTH = 4000;

/** An input of the corpus. */
export interface Seed {
  /** What became of it when it was kept; it may be something else by now. */
  readonly outcome: string;
  readonly input: unknown;
}

/** The corpus of one target, a folder of JSON files. */
export class Corpus {
  readonly #directory: string;

  constructor(target: string) {
    this.#directory = join(DIRECTORY, target);
  }

  /** Everything that is kept. */
  seeds(): readonly Seed[] {
    if (!existsSync(this.#directory)) return [];
    return readdirSync(this.#directory)
      .filter((file) => file.endsWith('.json'))
      .sort()
      .flatMap((file) => JSON.parse(readFileSync(join(this.#directory, file), 'utf8')) as Seed[]);
  }

  /** Keeps an input that broke something; the same one again changes nothing. @returns the file */
  keepFinding(finding: Seed): string {
    const name = createHash('sha256').update(JSON.stringify(finding.input)).digest('hex');
    return this.#write(`found-${name.slice(0, 12)}.json`, [finding]);
  }

  /** Keeps the first input of every outcome that the corpus has none for. @returns how many */
  keepOutcomes(inputs: ReadonlyMap<string, unknown>): number {
    const known = this.seeds();
    const outcomes = new Set(known.map(({ outcome }) => outcome));
    const news = [...inputs]
      .filter(([outcome]) => !outcomes.has(outcome))
      .filter(([, input]) => JSON.stringify(input).length <= MAX_KEPT_LENGTH)
      .map(([outcome, input]) => ({ outcome, input }));
    if (news.length === 0) return 0;
    const path = join(this.#directory, OUTCOMES);
    const before = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Seed[]) : [];
    const all = [...before, ...news];
    this.#write(
      OUTCOMES,
      all.sort((a, b) => (a.outcome < b.outcome ? -1 : 1)),
    );
    return news.length;
  }

  #write(file: string, seeds: readonly Seed[]): string {
    mkdirSync(this.#directory, { recursive: true });
    const path = join(this.#directory, file);
    writeFileSync(path, `[\n${seeds.map((seed) => JSON.stringify(seed)).join(',\n')}\n]\n`);
    return path;
  }
}
