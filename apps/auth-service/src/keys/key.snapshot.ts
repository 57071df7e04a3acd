/** The signing keys of one moment, as they are held in memory. */
import { createHash } from 'node:crypto';
import { type SigningAlgorithm } from '../config/environment.schema.js';
import { type GoneSigningKey, type SigningKey } from './signing-key.js';

/** The published JWK Set, serialised once per snapshot. */
export interface PublishedKeys {
  readonly body: string;
  /** Strong validator of {@link body} (RFC 9110 section 8.8.3). */
  readonly etag: string;
}

/** Replaced as a whole, never changed. */
export class KeySnapshot {
  readonly published: PublishedKeys;
  private readonly byKid: ReadonlyMap<string, SigningKey>;
  private readonly goneByKid: ReadonlyMap<string, GoneSigningKey>;

  constructor(
    readonly keys: readonly SigningKey[],
    gone: readonly GoneSigningKey[],
  ) {
    const body = JSON.stringify({ keys: keys.map((key) => key.publicJwk) });
    const etag = `"${createHash('sha256').update(body).digest('base64url')}"`;
    this.published = { body, etag };
    this.byKid = new Map(keys.map((key) => [key.kid, key]));
    this.goneByKid = new Map(gone.map((key) => [key.kid, key]));
  }

  find(kid: string): SigningKey | undefined {
    return this.byKid.get(kid);
  }

  findGone(kid: string): GoneSigningKey | undefined {
    return this.goneByKid.get(kid);
  }

  /** Whether there is any key of the algorithm, whenever it signs. */
  has(algorithm: SigningAlgorithm): boolean {
    return this.keys.some((key) => key.algorithm === algorithm);
  }

  /**
   * The key whose planned time it is. A standby signs from its planned moment on, whether or not
   * anyone has called it active yet: so the change-over needs no database.
   */
  signer(algorithm: SigningAlgorithm, nowMs: number): SigningKey | undefined {
    return this.keys.find(
      (key) =>
        key.algorithm === algorithm &&
        key.status !== 'retired' &&
        key.signFrom.getTime() <= nowMs &&
        (key.signUntil === null || nowMs < key.signUntil.getTime()),
    );
  }
}
