/** The connection to the issuer: its metadata, who we are there, and over which network. */
import { Logger } from '@nestjs/common';
import * as client from 'openid-client';
import { type BffSettings } from './bff.settings.js';
import { clientAuthentication } from './client.authentication.js';
import { oauthErrorOf, unavailableFrom } from './relying-party.errors.js';

const TIMEOUT_SECONDS = 5;

export class IssuerConnection {
  readonly #logger = new Logger('Bff');
  #discovered: Promise<client.Configuration> | undefined;

  constructor(private readonly settings: BffSettings) {}

  /** @throws IssuerUnavailableError where the issuer's metadata cannot be had; asked again next time */
  configuration(): Promise<client.Configuration> {
    this.#discovered ??= this.#discover().catch((error: unknown) => {
      this.#discovered = undefined;
      throw unavailableFrom(error);
    });
    return this.#discovered;
  }

  /**
   * Where this process finds the issuer's keys.
   * @throws IssuerUnavailableError
   */
  async jwksUri(): Promise<string> {
    const { jwks_uri: uri } = (await this.configuration()).serverMetadata();
    if (uri === undefined) throw unavailableFrom(new Error('the issuer has no jwks_uri'));
    return this.#reachable(uri);
  }

  /**
   * Runs a request in which no refusal is about a person.
   * @throws IssuerUnavailableError for whatever goes wrong
   */
  async ask<T>(request: () => Promise<T>): Promise<T> {
    try {
      return await request();
    } catch (error) {
      const code = oauthErrorOf(error);
      if (code !== null) this.#logger.error(`the issuer refuses this client: ${code}`);
      throw unavailableFrom(error);
    }
  }

  async #discover(): Promise<client.Configuration> {
    const { issuer, clientId, algorithm, clientAuthentication: proof } = this.settings;
    return client.discovery(
      new URL(issuer),
      clientId,
      { id_token_signed_response_alg: algorithm },
      await clientAuthentication(proof),
      {
        timeout: TIMEOUT_SECONDS,
        // Which of these URLs may be http was decided at start. Signatures are checked beside TLS.
        execute: [
          client.enableNonRepudiationChecks,
          ...(issuer.startsWith('http:') ? [client.allowInsecureRequests] : []),
        ],
        [client.customFetch]: (url, options) => fetch(this.#reachable(url), options as RequestInit),
      },
    );
  }

  /** The same URL on the network of this process; what leaves the issuer's origin is left alone. */
  #reachable(url: string): string {
    const { issuer, issuerOrigin } = this.settings;
    const { origin } = new URL(issuer);
    return url.startsWith(`${origin}/`) ? `${issuerOrigin}${url.slice(origin.length)}` : url;
  }
}
