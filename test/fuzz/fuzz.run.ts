/** Runs one target: the corpus first, then random inputs in chunks, of which each can be had again by its seed. */
import fc from 'fast-check';
import { Corpus } from './corpus.js';
import { type FuzzTarget, type OpenTarget, Violation } from './fuzz.target.js';
import { type Progress } from './watchdog.js';

/** How long one input may take, in milliseconds: far more than any needs on a busy machine. */
export const INPUT_BUDGET_MS = 10_000;
/** A chunk has a seed of its own; between chunks the target makes anew what was used up. */
const CHUNK = 2000;
/** A target that breaks this often has told enough. */
const MAX_FINDINGS = 20;

/** What a run is asked for. */
export interface FuzzOrder {
  readonly count: number;
  readonly seed: number;
  readonly progress?: Progress;
}

/** An input that broke something, as small as it could be made. */
export interface Finding {
  readonly problem: string;
  readonly input: unknown;
  /** Of the chunk that found it; undefined for one of the corpus. */
  readonly seed?: number;
}

/** What became of a run. */
export interface FuzzReport {
  readonly target: string;
  readonly inputs: number;
  readonly seconds: number;
  readonly slowestMs: number;
  /** The first input of every outcome. */
  readonly outcomes: ReadonlyMap<string, unknown>;
  readonly findings: readonly Finding[];
}

/** Runs `count` random inputs after those of the corpus. */
export async function runTarget(target: FuzzTarget, order: FuzzOrder): Promise<FuzzReport> {
  const run = new TargetRun(target, order);
  return run.all();
}

class TargetRun {
  readonly #outcomes = new Map<string, unknown>();
  readonly #findings = new Map<string, Finding>();
  readonly #stray: unknown[] = [];
  #inputs = 0;
  #slowestMs = 0;
  #open!: OpenTarget<unknown>;

  constructor(
    private readonly target: FuzzTarget,
    private readonly order: FuzzOrder,
  ) {}

  async all(): Promise<FuzzReport> {
    const started = performance.now();
    const stray = (error: unknown): void => void this.#stray.push(error);
    this.#open = await this.target.open();
    process.on('unhandledRejection', stray).on('uncaughtException', stray);
    try {
      await this.#replay();
      const chunks = Math.ceil(this.order.count / CHUNK);
      for (let next = 0; next < chunks && this.#findings.size < MAX_FINDINGS;) {
        await this.#open.renew?.();
        const together = Math.min(this.target.parallel, chunks - next);
        await Promise.all(Array.from({ length: together }, (_, i) => this.#chunk(next + i)));
        next += together;
      }
    } finally {
      await this.#open.close();
      process.off('unhandledRejection', stray).off('uncaughtException', stray);
    }
    for (const error of this.#stray)
      this.#found({ problem: `stray: ${textOf(error)}`, input: null });
    return {
      target: this.target.name,
      inputs: this.#inputs,
      seconds: (performance.now() - started) / 1000,
      slowestMs: this.#slowestMs,
      outcomes: this.#outcomes,
      findings: [...this.#findings.values()],
    };
  }

  async #replay(): Promise<void> {
    await this.#open.renew?.();
    for (const { input } of new Corpus(this.target.name).seeds()) {
      await this.#present(input).catch((error: unknown) =>
        this.#found({ problem: textOf(error), input }),
      );
    }
  }

  async #chunk(index: number): Promise<void> {
    const { count, seed } = this.order;
    const chunkSeed = (seed + index) | 0;
    const numRuns = Math.min(CHUNK, count - index * CHUNK);
    const details = await fc.check(
      fc.asyncProperty(this.#open.inputs, (input) => this.#present(input)),
      { numRuns, seed: chunkSeed, endOnFailure: false },
    );
    if (!details.failed) return;
    const input = details.counterexample?.[0] ?? null;
    this.#found({ problem: textOf(details.errorInstance), input, seed: chunkSeed });
  }

  async #present(input: unknown): Promise<void> {
    this.order.progress?.begin(input);
    const started = performance.now();
    const outcome = await within(this.#open.check(input));
    const ms = performance.now() - started;
    this.#inputs += 1;
    this.#slowestMs = Math.max(this.#slowestMs, ms);
    if (ms > INPUT_BUDGET_MS) throw new Violation(`took ${Math.round(ms)} ms`);
    if (!this.#outcomes.has(outcome)) this.#outcomes.set(outcome, input);
  }

  #found(finding: Finding): void {
    if (!this.#findings.has(finding.problem)) this.#findings.set(finding.problem, finding);
  }
}

async function within(work: Promise<string> | string): Promise<string> {
  if (typeof work === 'string') return work;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Violation('no answer in time')), INPUT_BUDGET_MS);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

function textOf(error: unknown): string {
  if (error instanceof Violation) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
