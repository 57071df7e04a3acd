/** Brings declared upstreams, those of the bootstrap file, into the store, their secrets encrypted. */
import { Injectable } from '@nestjs/common';
import { KeyDecryptionError, KeyEncryption } from '../keys/key-encryption.js';
import { type Upstream, type UpstreamSecret, upstreamSecretContext } from './upstream.js';
import { type NewUpstream, UpstreamStore } from './upstream.store.js';

/** An upstream with its secret in the clear, for as long as it takes to encrypt it. */
export type DeclaredUpstream = Omit<NewUpstream, 'secret'> & { readonly secret: string };

@Injectable()
export class UpstreamRegistration {
  constructor(
    private readonly upstreams: UpstreamStore,
    private readonly encryption: KeyEncryption,
  ) {}

  /**
   * Creates or updates an upstream. What was encrypted before stays as it is where the secret is the
   * same, so that the same declaration again changes nothing.
   *
   * @throws StartupError where another upstream has the issuer
   * @throws TemporarilyUnavailableError where it cannot be recorded
   */
  async declare({ secret: plaintext, ...upstream }: DeclaredUpstream): Promise<void> {
    const before = await this.upstreams.find(upstream.upstreamId);
    const kept = before !== null && (await this.holds(before, plaintext)) ? before.secret : null;
    const secret = kept ?? (await this.encrypt(upstream.upstreamId, plaintext));
    await this.upstreams.declare({ ...upstream, secret });
  }

  private async holds({ upstreamId, secret }: Upstream, plaintext: string): Promise<boolean> {
    const { ciphertext, keyVersion } = secret;
    if (keyVersion !== this.encryption.currentVersion) return false;
    try {
      const context = upstreamSecretContext(upstreamId);
      const kept = await this.encryption.decrypt(ciphertext, context, keyVersion);
      return kept.toString() === plaintext;
    } catch (error) {
      if (error instanceof KeyDecryptionError) return false;
      throw error;
    }
  }

  private async encrypt(upstreamId: string, plaintext: string): Promise<UpstreamSecret> {
    const context = upstreamSecretContext(upstreamId);
    const ciphertext = await this.encryption.encrypt(Buffer.from(plaintext), context);
    return { ciphertext, keyVersion: this.encryption.currentVersion };
  }
}
