/** What is asked of the signing keys on a command line. */
import { parseArgs } from 'node:util';
import { isSigningAlgorithm, type SigningAlgorithm } from '../config/environment.schema.js';

/** What may be said beside a command. */
export interface KeyOptions {
  readonly alg?: SigningAlgorithm;
  readonly kid?: string;
  readonly reason?: string;
  readonly verifyOnlyUntil?: Date;
}

/** A command, complete. */
export interface KeyOrder {
  readonly command: 'list' | 'rotate' | 'revoke' | 'import';
  /** A kid or a file; empty for a command that takes neither. */
  readonly argument: string;
  readonly options: KeyOptions;
}

/** What each command takes. */
const COMMANDS: Readonly<
  Record<KeyOrder['command'], { takesArgument: boolean; options: readonly (keyof KeyOptions)[] }>
> = {
  list: { takesArgument: false, options: [] },
  rotate: { takesArgument: false, options: ['alg'] },
  revoke: { takesArgument: true, options: ['reason'] },
  import: { takesArgument: true, options: ['alg', 'kid', 'verifyOnlyUntil'] },
};

const ISO_TIME = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/;

/** @returns null for what is no order */
export function parseKeyOrder(args: string[]): KeyOrder | null {
  const parsed = parse(args);
  if (parsed === null) return null;
  const { alg, until, kid, reason } = parsed.values;
  const [command = '', argument = '', ...more] = parsed.positionals;
  if (!isCommand(command) || more.length > 0) return null;
  const { takesArgument, options: allowed } = COMMANDS[command];
  if ((argument !== '') !== takesArgument) return null;
  if (alg !== undefined && !isSigningAlgorithm(alg)) return null;
  if (until !== undefined && (!ISO_TIME.test(until) || isNaN(Date.parse(until)))) return null;
  const options: KeyOptions = {
    ...(alg !== undefined && { alg }),
    ...(kid !== undefined && { kid }),
    ...(reason !== undefined && { reason }),
    ...(until !== undefined && { verifyOnlyUntil: new Date(until) }),
  };
  const isAllowed = Object.keys(options).every((name) => (allowed as string[]).includes(name));
  return isAllowed ? { command, argument, options } : null;
}

function isCommand(name: string): name is KeyOrder['command'] {
  return Object.hasOwn(COMMANDS, name);
}

function parse(args: string[]) {
  const text = { type: 'string' } as const;
  const options = { alg: text, kid: text, reason: text, 'verify-only-until': text };
  try {
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
    const { 'verify-only-until': until, ...rest } = values;
    return { values: { ...rest, until }, positionals };
  } catch {
    return null;
  }
}
