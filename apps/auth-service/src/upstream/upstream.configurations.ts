/** What providers publish about themselves, discovered when it is first needed and kept for an hour. */
import { Injectable, Logger } from '@nestjs/common';
import { importJWK, type JWK } from 'jose';
import {
  allowInsecureRequests,
  type ClientAuth,
  ClientSecretBasic,
  ClientSecretPost,
  type Configuration,
  type CryptoKey,
  customFetch,
  discovery,
  enableNonRepudiationChecks,
  PrivateKeyJwt,
} from 'openid-client';
import { KeyEncryption } from '../keys/key-encryption.js';
import { type Upstream, upstreamSecretContext } from './upstream.js';
import { UpstreamUnavailableError } from './upstream.error.js';
import { UPSTREAM_TIMEOUT_MS, upstreamFetch } from './upstream.fetch.js';

/** How long metadata count as fresh; keys are looked after by `openid-client`, every five minutes. */
const FRESH_MS = 3_600_000;

interface Known {
  /** Of the declaration: what was found by another one is not used. */
  readonly revision: number;
  readonly askedAtMs: number;
  readonly configuration: Promise<Configuration>;
}

@Injectable()
export class UpstreamConfigurations {
  private readonly logger = new Logger(UpstreamConfigurations.name);
  // One an upstream, which only operators declare.
  private readonly known = new Map<string, Known>();

  constructor(private readonly encryption: KeyEncryption) {}

  /**
   * Whoever asks at once shares one request. A failure is forgotten, so that the next one asks again.
   *
   * @throws UpstreamUnavailableError where the provider cannot be asked or is not who it should be
   */
  async find(upstream: Upstream): Promise<Configuration> {
    const { upstreamId } = upstream;
    const revision = upstream.updatedAt.getTime();
    const before = this.known.get(upstreamId);
    const isFresh = before !== undefined && Date.now() - before.askedAtMs < FRESH_MS;
    if (isFresh && before.revision === revision) return before.configuration;
    const known = { revision, askedAtMs: Date.now(), configuration: this.discover(upstream) };
    this.known.set(upstreamId, known);
    return known.configuration.catch((error: unknown) => {
      if (this.known.get(upstreamId) === known) this.known.delete(upstreamId);
      this.logger.warn(`upstream ${upstreamId}: ${reasonOf(error)}`);
      throw error instanceof UpstreamUnavailableError
        ? error
        : new UpstreamUnavailableError(reasonOf(error), { cause: error });
    });
  }

  /** @see OpenID Connect Discovery 1.0 section 4.3 */
  private async discover(upstream: Upstream): Promise<Configuration> {
    const { issuer, clientId } = upstream;
    const configuration = await discovery(
      new URL(issuer),
      clientId,
      undefined,
      await this.authentication(upstream),
      {
        [customFetch]: upstreamFetch,
        timeout: (2 * UPSTREAM_TIMEOUT_MS) / 1000,
        execute: [
          // Verifies the signature of ID tokens, which TLS alone would let go unsigned for.
          enableNonRepudiationChecks,
          // Only this machine's own, and never in production: findServerUriProblem saw to it.
          ...(issuer.startsWith('http:') ? [allowInsecureRequests] : []),
        ],
      },
    );
    // To the letter: openid-client forgives a trailing slash, and Entra ID more than that.
    if (configuration.serverMetadata().issuer !== issuer) {
      throw new UpstreamUnavailableError('its metadata are those of another issuer');
    }
    return configuration;
  }

  private async authentication(upstream: Upstream): Promise<ClientAuth> {
    const { upstreamId, secret, authenticationMethod } = upstream;
    const context = upstreamSecretContext(upstreamId);
    const { ciphertext, keyVersion } = secret;
    const plaintext = (await this.encryption.decrypt(ciphertext, context, keyVersion)).toString();
    if (authenticationMethod === 'client_secret_basic') return ClientSecretBasic(plaintext);
    if (authenticationMethod === 'client_secret_post') return ClientSecretPost(plaintext);
    const jwk = JSON.parse(plaintext) as JWK;
    const key = (await importJWK(jwk, jwk.alg)) as CryptoKey;
    return PrivateKeyJwt({ key, ...(jwk.kid !== undefined && { kid: jwk.kid }) });
  }
}

// Messages of openid-client say what was wrong, and nothing of what was sent.
function reasonOf(error: unknown): string {
  const inner = error instanceof Error ? error.cause : undefined;
  if (inner instanceof UpstreamUnavailableError) return inner.message;
  return error instanceof Error ? error.message : 'failed';
}
