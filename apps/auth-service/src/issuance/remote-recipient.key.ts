/** A recipient's key at its `jwks_uri`: fetched when it is due, kept through outages for a while. */
import { type DocumentFetch, fetchJsonDocument } from '@keyward/auth';
import { type KeyManagementAlgorithm } from '@keyward/oauth';
import { type RecipientKey, selectRecipientKey } from './recipient.key.js';

/** For one fetch: a client waits for its token meanwhile. */
const TIMEOUT_MS = 3000;
const MAX_BYTES = 65_536;

/** How long a key is fresh where its owner does not say, and the bounds of what it may say. */
const DEFAULT_FRESH_SECONDS = 600;
const MIN_FRESH_SECONDS = 30;
const MAX_FRESH_SECONDS = 3600;

/** How long a key goes on being used while its owner cannot be reached. */
const STALE_SECONDS = 24 * 3600;

/** After a failure nobody asks again for so long. */
const RETRY_SECONDS = 2;

interface HeldKey {
  readonly key: RecipientKey;
  readonly freshUntilMs: number;
}

/** The key cannot be had; the message says why. */
export class RecipientKeyUnavailableError extends Error {
  override readonly name = 'RecipientKeyUnavailableError';
  readonly retryAfterSeconds = RETRY_SECONDS;
}

/** One fetch is under way at a time, whoever asks. Times are of a clock that never goes back. */
export class RemoteRecipientKey {
  private held: HeldKey | null = null;
  private fetching: Promise<void> | null = null;
  private retryAtMs = -Infinity;
  private lastFailure: unknown = null;

  /** @param uri https, or http on a loopback address: checked when it was registered */
  constructor(
    private readonly uri: string,
    private readonly alg: KeyManagementAlgorithm,
    private readonly fetchDocument: DocumentFetch,
    private readonly clock: () => number = () => performance.now(),
  ) {}

  /** @throws RecipientKeyUnavailableError where there is none that may still be used */
  async find(): Promise<RecipientKey> {
    const isDue = this.held === null || this.clock() >= this.held.freshUntilMs;
    if (isDue && this.clock() >= this.retryAtMs) {
      this.fetching ??= this.fetch().finally(() => (this.fetching = null));
      await this.fetching;
    }
    const { held } = this;
    if (held === null || this.clock() >= held.freshUntilMs + STALE_SECONDS * 1000) {
      const why = this.lastFailure instanceof Error ? this.lastFailure.message : 'not fetched yet';
      throw new RecipientKeyUnavailableError(why, { cause: this.lastFailure });
    }
    return held.key;
  }

  /** Never rejects: whoever waits looks at what is held. */
  private async fetch(): Promise<void> {
    const startedMs = this.clock();
    try {
      const limits = {
        timeoutMs: TIMEOUT_MS,
        maxBytes: MAX_BYTES,
        noCache: false,
        fetch: this.fetchDocument,
      };
      const { body, maxAgeSeconds } = await fetchJsonDocument(this.uri, limits);
      const { keys } = body;
      const key = selectRecipientKey(Array.isArray(keys) ? keys : [], this.alg);
      const freshSeconds = Math.min(
        MAX_FRESH_SECONDS,
        Math.max(MIN_FRESH_SECONDS, maxAgeSeconds ?? DEFAULT_FRESH_SECONDS),
      );
      this.held = { key, freshUntilMs: startedMs + freshSeconds * 1000 };
    } catch (error) {
      this.lastFailure = error;
      this.retryAtMs = this.clock() + RETRY_SECONDS * 1000;
    }
  }
}
