/** What is fuzzed: where its inputs come from, and what must hold for each of them. */
import { type Arbitrary } from 'fast-check';

/** An input broke what must hold; the message says what, and names the place rather than the input. */
export class Violation extends Error {
  override readonly name = 'Violation';
}

/** A target that is running. */
export interface OpenTarget<Input> {
  readonly inputs: Arbitrary<Input>;
  /**
   * Presents one input.
   * @returns in a few words what became of it, so that the corpus has one input for each outcome
   * @throws Violation, or whatever else the target must not throw
   */
  check(input: Input): Promise<string> | string;
  /** Makes what inputs refer to anew (sessions, tokens): some of them use it up. */
  renew?(): Promise<void>;
  close(): Promise<void>;
}

/** A part of Keyward that reads what strangers write. Inputs are JSON, so that they can be kept. */
export interface FuzzTarget<Input = unknown> {
  readonly name: string;
  /** How much of all inputs it gets, relative to the others. */
  readonly share: number;
  /** How many inputs are under way at once. */
  readonly parallel: number;
  open(): Promise<OpenTarget<Input>>;
}

/** Forgets the type of the inputs, for lists of targets. */
export function fuzzTarget<Input>(target: FuzzTarget<Input>): FuzzTarget {
  return target as FuzzTarget;
}
