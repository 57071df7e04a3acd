/** The signing keys in memory: one snapshot at a time, replaced whole. */
import { createHash } from 'node:crypto';
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
import { tokenConfig, type TokenConfig } from '../config/token.config.js';
import { SigningKeyCipher } from './signing-key.cipher.js';
import { type SigningKey } from './signing-key.js';
import { SigningKeyStore } from './signing-key.store.js';

/** How often a replica looks for keys that another one made, retired or revoked. */
const POLL_INTERVAL_MS = 30_000;

/** The published JWK Set, serialised once per snapshot. */
export interface PublishedKeys {
  readonly body: string;
  /** Strong validator of {@link body} (RFC 9110 section 8.8.3). */
  readonly etag: string;
}

interface Snapshot {
  readonly keys: ReadonlyMap<string, SigningKey>;
  readonly algorithms: string[];
  readonly published: PublishedKeys;
}

/** The keys that sign and verify here. */
@Injectable()
export class KeyRing implements OnModuleInit, OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(KeyRing.name);
  private snapshot: Snapshot = take([]);
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly store: SigningKeyStore,
    private readonly cipher: SigningKeyCipher,
    @Inject(tokenConfig.KEY) private readonly config: TokenConfig,
  ) {}

  /** @throws KeyDecryptionError: a server that cannot read its keys must not start */
  onModuleInit(): Promise<void> {
    return this.renew();
  }

  /** The same as {@link refresh}, with a key to sign where there is none: the last was revoked. */
  async renew(): Promise<void> {
    const { signingAlgorithm } = this.config;
    await this.store.ensureActive(signingAlgorithm, () => this.cipher.generate(signingAlgorithm));
    await this.refresh();
  }

  onApplicationBootstrap(): void {
    const poll = () =>
      void this.refresh().catch((error: unknown) => {
        this.logger.warn(`keeps its signing keys, as new ones cannot be read: ${String(error)}`);
      });
    this.timer = setInterval(poll, POLL_INTERVAL_MS).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  /** Replaces the snapshot by what is stored; on failure the present one stays. */
  async refresh(): Promise<void> {
    const stored = await this.store.findPublished();
    // A known key keeps its KeyObjects: they are what per-key caches hang on.
    const keys = await Promise.all(
      stored.map(async (key): Promise<SigningKey> => {
        const known = this.snapshot.keys.get(key.kid);
        if (known === undefined) return this.cipher.open(key);
        const { status, signFrom, signUntil } = key;
        return { ...known, status, signFrom, signUntil };
      }),
    );
    this.snapshot = take(keys);
  }

  /**
   * The key that signs now.
   * @throws TemporarilyUnavailableError where none may: a key never signs past its planned end
   */
  signingKey(): SigningKey {
    const now = Date.now();
    for (const key of this.snapshot.keys.values()) {
      if (key.algorithm !== this.config.signingAlgorithm || key.status !== 'active') continue;
      const ended = key.signUntil !== null && key.signUntil.getTime() <= now;
      if (key.signFrom.getTime() <= now && !ended) return key;
    }
    throw new TemporarilyUnavailableError('no token can be signed now', 'no active signing key');
  }

  /** The key that a token names, if it is one of ours. */
  verificationKey(kid: string): SigningKey | undefined {
    return this.snapshot.keys.get(kid);
  }

  /** The algorithms of {@link verificationKey}'s keys. */
  algorithms(): string[] {
    return this.snapshot.algorithms;
  }

  /** The public halves, as they are published. */
  published(): PublishedKeys {
    return this.snapshot.published;
  }
}

function take(list: readonly SigningKey[]): Snapshot {
  const body = JSON.stringify({ keys: list.map((key) => key.publicJwk) });
  const etag = `"${createHash('sha256').update(body).digest('base64url')}"`;
  const algorithms = new Set<SigningAlgorithm>(list.map((key) => key.algorithm));
  return {
    keys: new Map(list.map((key) => [key.kid, key])),
    algorithms: [...algorithms],
    published: { body, etag },
  };
}
