/** The test signer as a process of its own, on a socket of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('signer.program.ts', import.meta.url));
const PROJECT = fileURLToPath(new URL('../../', import.meta.url));

/** See signer.program.ts. */
export type SignerFault =
  'none' | 'slow' | 'hang' | 'garbage' | 'malformed' | 'foreign' | 'refuse' | 'die';

export class SignerProcess {
  private child: ChildProcess | null = null;

  private constructor(private readonly directory: string) {}

  static async start(): Promise<SignerProcess> {
    const signer = new SignerProcess(await mkdtemp(join(tmpdir(), 'keyward-signer-')));
    await signer.run();
    return signer;
  }

  get socket(): string {
    return join(this.directory, 'signer.sock');
  }

  /** The keys that it holds. */
  async keys(): Promise<string[]> {
    const names = await readdir(join(this.directory, 'keys'));
    return names.map((name) => name.replace('.pem', '')).sort();
  }

  /** Starts it, where it does not run, with the keys that it had. */
  async run(): Promise<void> {
    if (this.isRunning()) return;
    const child = spawn(
      process.execPath,
      [
        '--conditions=@keyward/source',
        '--import=@swc-node/register/esm-register',
        PROGRAM,
        this.socket,
        join(this.directory, 'keys'),
      ],
      {
        cwd: PROJECT,
        env: { ...process.env, NODE_OPTIONS: '--disable-warning=ExperimentalWarning' },
        stdio: ['pipe', 'pipe', 'inherit'],
      },
    );
    this.child = child;
    const ended = once(child, 'close').then(() => Promise.reject(new Error('the signer ended')));
    await Promise.race([once(child.stdout as NonNullable<typeof child.stdout>, 'data'), ended]);
    ended.catch(() => undefined);
  }

  /** From the next request on. */
  async become(fault: SignerFault): Promise<void> {
    if (!this.isRunning()) return;
    const { stdin } = this.child as ChildProcess;
    await new Promise<void>((done) => stdin?.write(`${fault}\n`, () => done()));
    // The other process reads it in its own time.
    await new Promise((done) => setTimeout(done, 100));
  }

  /** Ends it at once, as a crash would. */
  async kill(): Promise<void> {
    const { child } = this;
    if (child === null || !this.isRunning()) return;
    child.kill('SIGKILL');
    await once(child, 'close');
  }

  private isRunning(): boolean {
    return this.child !== null && this.child.exitCode === null && this.child.signalCode === null;
  }

  async remove(): Promise<void> {
    await this.kill();
    await rm(this.directory, { recursive: true });
  }
}
