/** The signing keys in memory: one snapshot at a time, replaced whole. */
import { createPublicKey, type KeyObject } from 'node:crypto';
import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
  type OnModuleInit,
} from '@nestjs/common';
import { TemporarilyUnavailableError } from '@keyward/oauth';
import { type SigningAlgorithm } from '../config/environment.schema.js';
import { signingKeyConfig, type SigningKeyConfig } from '../config/signing-key.config.js';
import { StartupError } from '../config/startup.error.js';
import { tokenConfig, type TokenConfig } from '../config/token.config.js';
import { Clock } from './clock.js';
import { findClockProblem } from './clock.problem.js';
import { KeyRotation } from './key.rotation.js';
import { KeySnapshot, type PublishedKeys } from './key.snapshot.js';
import { SigningKeyCipher } from './signing-key.cipher.js';
import { type SigningKey } from './signing-key.js';
import { SigningKeyStore } from './signing-key.store.js';

/** Without a key requests cause a look at the store no more often than this. */
const RETRY_MS = 1000;

/** The keys that sign and verify here. */
@Injectable()
export class KeyRing implements OnModuleInit, OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(KeyRing.name);
  private snapshot = new KeySnapshot([], []);
  private timer: NodeJS.Timeout | undefined;
  private reading: Promise<void> | null = null;
  private lookedAtMs = -Infinity;
  private clockProblem: string | null = null;

  constructor(
    private readonly store: SigningKeyStore,
    private readonly cipher: SigningKeyCipher,
    private readonly rotation: KeyRotation,
    private readonly clock: Clock,
    @Inject(tokenConfig.KEY) private readonly token: TokenConfig,
    @Inject(signingKeyConfig.KEY) private readonly config: SigningKeyConfig,
  ) {}

  /** @throws StartupError: a server that cannot read its keys, or the time, must not start */
  async onModuleInit(): Promise<void> {
    await this.renew();
    if (this.clockProblem !== null) throw new StartupError(this.clockProblem);
  }

  /** The same as {@link refresh}, with a key to sign where there is none: the last was revoked. */
  async renew(): Promise<void> {
    await this.rotation.advance('wait');
    await this.refresh();
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.poll(), this.config.pollMs).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  private async poll(): Promise<void> {
    try {
      await this.rotation.advance('skip');
      await this.refresh();
      if (this.clockProblem !== null) this.logger.error(this.clockProblem);
    } catch (error) {
      this.logger.warn(`keeps its signing keys, as new ones cannot be read: ${String(error)}`);
    }
  }

  /** Replaces the snapshot by what is stored now; on failure the present one stays. */
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
    const startedMs = this.clock.nowMs();
    const { published, gone, now } = await this.store.find();
    this.clockProblem = findClockProblem(startedMs, now.getTime(), this.clock.nowMs());
    // A known key keeps its KeyObjects: they are what per-key caches hang on.
    const keys = await Promise.all(
      published.map(async (key): Promise<SigningKey> => {
        const known = this.snapshot.find(key.kid);
        if (known === undefined) return this.cipher.open(key);
        const { status, signFrom, signUntil } = key;
        return { ...known, status, signFrom, signUntil };
      }),
    );
    this.snapshot = new KeySnapshot(keys, gone);
  }

  /**
   * The key that signs now, by the clock at every signature: none signs past its planned end.
   *
   * @throws TemporarilyUnavailableError where none may
   */
  async signingKey(): Promise<SigningKey> {
    const { signingAlgorithm } = this.token;
    if (this.wasAsleep()) await this.lookAgain();
    let key = this.snapshot.signer(signingAlgorithm, this.clock.nowMs());
    if (key === undefined && this.mayLookAgain()) {
      await this.lookAgain();
      key = this.snapshot.signer(signingAlgorithm, this.clock.nowMs());
    }
    if (key !== undefined) return key;
    const why = this.clockProblem ?? `no ${signingAlgorithm} key may sign at this time`;
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
}
