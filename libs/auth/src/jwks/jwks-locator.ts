/** Finds an issuer's JWK Set: where it was configured, or where the issuer's metadata says. */
import { authorizationServerMetadataUri, openidConfigurationUri } from '@keyward/oauth';
import { checkKeyUrl } from './issuer-url.js';
import { DocumentUnavailableError, fetchJsonDocument, type FetchLimits } from './json-document.js';

/** Where the JWK Set is. */
export class JwksLocator {
  #discovered: string | undefined;

  /**
   * @param jwksUri where the keys are; undefined to ask the issuer's metadata
   * @throws TypeError for a URL that is not safe to fetch keys from
   */
  constructor(
    private readonly issuer: string,
    private readonly jwksUri: string | undefined,
    private readonly insecureHttp: boolean,
  ) {
    checkKeyUrl(jwksUri ?? issuer, insecureHttp);
  }

  /**
   * The URL of the JWK Set. RFC 8414 is asked first, OpenID Connect discovery where that is absent.
   * @throws DocumentUnavailableError where neither answers, or where the metadata is not the
   *   issuer's own (RFC 8414 section 3.3)
   */
  async locate(limits: FetchLimits): Promise<string> {
    if (this.jwksUri !== undefined) return this.jwksUri;
    this.#discovered ??= await this.#discover(limits);
    return this.#discovered;
  }

  /** Forgets what the metadata said: it is asked again, since the keys may have moved. */
  forget(): void {
    this.#discovered = undefined;
  }

  async #discover(limits: FetchLimits): Promise<string> {
    const failures: string[] = [];
    for (const uri of [
      authorizationServerMetadataUri(this.issuer),
      openidConfigurationUri(this.issuer),
    ]) {
      try {
        const { body } = await fetchJsonDocument(uri, limits);
        if (body['issuer'] !== this.issuer) {
          throw new DocumentUnavailableError(`${uri} speaks for another issuer`);
        }
        const jwksUri = body['jwks_uri'];
        if (typeof jwksUri !== 'string') throw new DocumentUnavailableError(`${uri}: no jwks_uri`);
        return checkKeyUrl(jwksUri, this.insecureHttp);
      } catch (error) {
        failures.push(error instanceof Error ? error.message : String(error));
      }
    }
    throw new DocumentUnavailableError(failures.join('; '));
  }
}
