/** Finds an issuer's JWK Set: where it was configured, or where the issuer's metadata says. */
import { discoverEndpoint } from './issuer-metadata.js';
import { checkKeyUrl } from './issuer-url.js';
import { type FetchLimits } from './json-document.js';

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
    this.#discovered ??= await discoverEndpoint(this.issuer, 'jwks_uri', this.insecureHttp, limits);
    return this.#discovered;
  }

  /** Forgets what the metadata said: it is asked again, since the keys may have moved. */
  forget(): void {
    this.#discovered = undefined;
  }
}
