/** Long inputs: what is eight times as long takes about eight times as long, and no stack runs out. */
import fc from 'fast-check';
import { parseCompactJws, parseStrictObject, RefusedTokenError } from '@keyward/auth';
import { InvalidRequestError } from '@keyward/oauth';
import { builtModule } from '../built.module.js';
import { type FuzzTarget, fuzzTarget, Violation } from '../fuzz.target.js';
import { hostileText } from '../hostile.text.js';

interface LengthInput {
  readonly parser: 'json' | 'jws' | 'form';
  readonly before: string;
  readonly unit: string;
  readonly after: string;
}

const SHORT = 20_000;
const LONG = 160_000;
/** Below this a time says more of the machine than of the parser. */
const NOTICEABLE_MS = 60;
/** Quadratic would be 64. */
const MAX_GROWTH = 32;

const INPUTS: fc.Arbitrary<LengthInput> = fc.record({
  parser: fc.constantFrom<LengthInput['parser'][]>('json', 'jws', 'form'),
  before: fc.constantFrom('', '{"a":', '{"a":"', 'a=', 'a.', '[', '{'),
  unit: fc.oneof(
    fc.constantFrom(
      '{"a":',
      '"a":1,',
      '[',
      '\\u0061',
      '\\"',
      '"',
      'a=b&',
      '%41',
      'a.',
      '.',
      'A',
      '&',
    ),
    hostileText.filter((text) => text.length > 0 && text.length < 50),
  ),
  after: fc.constantFrom('', '}', '"}', ']', '.a.b'),
});

export const lengthTarget: FuzzTarget = fuzzTarget<LengthInput>({
  name: 'length',
  share: 1,
  parallel: 1,
  async open() {
    const { FormParameters } = await builtModule<{ FormParameters: { parse(s: string): unknown } }>(
      'auth-service',
      'http/form.parser.js',
    );
    const parsers = {
      json: (text: string) => parseStrictObject(Buffer.from(text)),
      jws: (text: string) => parseCompactJws(text),
      form: (text: string) => FormParameters.parse(text),
    };
    return {
      inputs: INPUTS,
      check({ parser, before, unit, after }: LengthInput) {
        const parse = parsers[parser];
        const textOf = (length: number) =>
          before + unit.repeat(Math.ceil(length / unit.length)) + after;
        const [short, long] = [textOf(SHORT), textOf(LONG)];
        let growth = Infinity;
        // The best of a few: a slow moment of the machine is no finding.
        for (let attempt = 0; attempt < 4; attempt += 1) {
          const [first, second] = [timed(parse, short), timed(parse, long)];
          const outcome = `${parser} ${second.outcome}`;
          if (second.ms < NOTICEABLE_MS) return outcome;
          growth = Math.min(growth, second.ms / Math.max(1, first.ms));
          if (growth < MAX_GROWTH) return outcome;
        }
        throw new Violation(`${parser}: eight times the length took ${growth.toFixed(0)} times`);
      },
      close: () => Promise.resolve(),
    };
  },
});

function timed(parse: (text: string) => unknown, text: string): { ms: number; outcome: string } {
  // The time of this process alone: a neighbour on the machine is no finding.
  const started = process.cpuUsage();
  let outcome = 'read';
  try {
    parse(text);
  } catch (error) {
    if (!(error instanceof RefusedTokenError || error instanceof InvalidRequestError)) throw error;
    outcome = 'refused';
  }
  return { ms: process.cpuUsage(started).user / 1000, outcome };
}
