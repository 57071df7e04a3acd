/** The signing keys in memory: one snapshot at a time, replaced whole. */
import { createPublicKey, type KeyObject } from 'node:crypto';
import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { TemporarilyUnavailableError } from '@keyward/oauth';
import { type SigningAlgorithm } from '../config/environment.schema.js';
import { signingKeyConfig, type SigningKeyConfig } from '../config/signing-key.config.js';
import { StartupError } from '../config/startup.error.js';
import { tokenConfig, type TokenConfig } from '../config/token.config.js';
import { Clock } from './clock.js';
import { KeyReader } from './key.reader.js';
import { KeyRotation } from './key.rotation.js';
import { KeySnapshot, type PublishedKeys } from './key.snapshot.js';
import { SignerUnavailableError } from './signer.js';
import { type SigningKey } from './signing-key.js';

/** Without a key requests cause a look at the store no more often than this. */
const RETRY_MS = 1000;

/** The keys that sign and verify here. */
@Injectable()
export class KeyRing implements OnModuleInit {
  private readonly logger = new Logger(KeyRing.name);
  /** A sentence for the operator where this machine's clock is far off. */
  clockProblem: string | null = null;
  private snapshot = new KeySnapshot([], []);
  private reading: Promise<void> | null = null;
  private readsBegun = 0;
  private newestRead = 0;
  private lookedAtMs = -Infinity;
  private readonly lookedFor = new Map<SigningAlgorithm, { atMs: number; done: Promise<void> }>();

  constructor(
    private readonly reader: KeyReader,
    private readonly rotation: KeyRotation,
    private readonly clock: Clock,
    @Inject(tokenConfig.KEY) private readonly token: Pick<TokenConfig, 'signingAlgorithm'>,
    @Inject(signingKeyConfig.KEY) private readonly config: Pick<SigningKeyConfig, 'pollMs'>,
  ) {}

  /** @throws StartupError: a server that cannot use its keys, or tell the time, must not start */
  async onModuleInit(): Promise<void> {
    try {
      await this.renew();
    } catch (error) {
      if (!(error instanceof SignerUnavailableError)) throw error;
      throw new StartupError(`${error.message}: start the signer first`, { cause: error });
    }
    if (this.clockProblem !== null) throw new StartupError(this.clockProblem);
  }

  /** The same as {@link refresh}, with a key to sign where there is none: the last was revoked. */
  async renew(): Promise<void> {
    try {
      await this.rotation.advance('wait');
    } finally {
      // Where no key can be made, a revoked one must go all the same.
      await this.refresh();
    }
  }

  /**
   * Replaces the snapshot by what is stored now; where that cannot be read the present one stays.
   * @throws Error where a key that should be used cannot be: the others are, and no revoked one
   */
  async refresh(): Promise<void> {
    const reading = this.read();
    this.reading = reading;
    try {
      await reading;
    } finally {
      // Only now: who asks meanwhile waits for this read, and is not answered by what was before it.
      this.lookedAtMs = this.clock.nowMs();
      if (this.reading === reading) this.reading = null;
    }
  }

  private async read(): Promise<void> {
    const read = ++this.readsBegun;
    const { snapshot, clockProblem, failure } = await this.reader.read(this.snapshot);
    // One that began earlier and took longer may still hold a key that was revoked meanwhile.
    if (read < this.newestRead) return;
    this.newestRead = read;
    this.snapshot = snapshot;
    this.clockProblem = clockProblem;
    if (failure !== null) throw failure;
  }

  /**
   * The key that signs now, by the clock at every signature: none signs past its planned end.
   *
   * @param algorithm the server's by default
   * @throws TemporarilyUnavailableError where none may
   */
  async signingKey(algorithm = this.token.signingAlgorithm): Promise<SigningKey> {
    if (this.wasAsleep()) await this.lookAgain();
    let key = this.snapshot.signer(algorithm, this.clock.nowMs());
    if (key === undefined && (this.mayLookAgain() || !this.snapshot.has(algorithm))) {
      await this.lookFor(algorithm);
      key = this.snapshot.signer(algorithm, this.clock.nowMs());
    }
    if (key !== undefined) return key;
    const why =
      this.clockProblem ??
      `no ${algorithm} key may sign now: \`keys list\` shows which are planned`;
    throw new TemporarilyUnavailableError('no token can be signed now', why);
  }

  /** The key that a token names, if it is one of ours that is published. */
  verificationKey(kid: string): SigningKey | undefined {
    return this.snapshot.find(kid);
  }

  /** The same for an ID token that comes back as a hint: also a key that has left the JWK Set. */
  hintKey(kid: string): { algorithm: SigningAlgorithm; publicKey: KeyObject } | undefined {
    const published = this.snapshot.find(kid);
    if (published !== undefined) return published;
    const gone = this.snapshot.findGone(kid);
    if (gone === undefined) return undefined;
    const { algorithm, publicJwk } = gone;
    return { algorithm, publicKey: createPublicKey({ key: publicJwk, format: 'jwk' }) };
  }

  /** Every key that is published, whenever it signs. */
  keys(): readonly SigningKey[] {
    return this.snapshot.keys;
  }

  /** The public halves, as they are published. */
  published(): PublishedKeys {
    return this.snapshot.published;
  }

  // Every poll is an attempt, so this is no matter of PostgreSQL: the process itself stood still. What
  // was planned meanwhile it may know, but not what somebody rotated by hand.
  private wasAsleep(): boolean {
    return this.clock.nowMs() - this.lookedAtMs > 2 * this.config.pollMs;
  }

  private mayLookAgain(): boolean {
    return this.reading !== null || this.clock.nowMs() - this.lookedAtMs >= RETRY_MS;
  }

  /** One at a time, whoever asks; a failure leaves the present keys, which end as planned. */
  private async lookAgain(): Promise<void> {
    try {
      await (this.reading ?? this.refresh());
    } catch (error) {
      this.logger.warn(`cannot read its signing keys: ${String(error)}`);
    }
  }

  /** Makes the first key of an algorithm that was registered just now; whoever asks meanwhile waits. */
  private async lookFor(algorithm: SigningAlgorithm): Promise<void> {
    const nowMs = this.clock.nowMs();
    const last = this.lookedFor.get(algorithm);
    if (last !== undefined && nowMs - last.atMs < RETRY_MS) return last.done;
    const done = this.renew().catch((error: unknown) => {
      this.logger.warn(`has no ${algorithm} key: ${String(error)}`);
    });
    this.lookedFor.set(algorithm, { atMs: nowMs, done });
    return done;
  }
}
