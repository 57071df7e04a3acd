/** Runs the built command `keyward` as its own process, as a person or a pipeline does. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../../apps/auth-service/bin/keyward.mjs', import.meta.url));

/** How it ended, and all that it wrote. */
export interface CommandOutcome {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

/** @param environment all that it knows; nothing is inherited but where programs are */
export async function runKeyward(
  environment: Readonly<Record<string, string>>,
  args: readonly string[],
  input = '',
): Promise<CommandOutcome> {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    env: { PATH, HOME, ...environment },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  // One that is refused before it reads closes its end.
  child.stdin.on('error', () => undefined).end(input);
  const [out, error, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number]>,
  ]);
  return { code, out, error };
}
