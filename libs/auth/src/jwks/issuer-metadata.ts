/** Looks up where one of an issuer's endpoints is, in what the issuer says of itself. */
import { authorizationServerMetadataUri, openidConfigurationUri } from '@keyward/oauth';
import { checkKeyUrl } from './issuer-url.js';
import { DocumentUnavailableError, fetchJsonDocument, type FetchLimits } from './json-document.js';

/**
 * The URL under `member` of the issuer's metadata. RFC 8414 is asked first, OpenID Connect discovery
 * where that is absent.
 *
 * @throws DocumentUnavailableError where neither answers with such a URL, or where the metadata is
 *   not the issuer's own
 * @see RFC 8414 section 3.3
 */
export async function discoverEndpoint(
  issuer: string,
  member: 'jwks_uri' | 'introspection_endpoint' | 'token_endpoint',
  insecureHttp: boolean,
  limits: FetchLimits,
): Promise<string> {
  const failures: string[] = [];
  for (const uri of [authorizationServerMetadataUri(issuer), openidConfigurationUri(issuer)]) {
    try {
      const { body } = await fetchJsonDocument(uri, limits);
      if (body['issuer'] !== issuer) {
        throw new DocumentUnavailableError(`${uri} speaks for another issuer`);
      }
      const endpoint = body[member];
      if (typeof endpoint !== 'string') throw new DocumentUnavailableError(`${uri}: no ${member}`);
      return checkKeyUrl(endpoint, insecureHttp);
    } catch (error) {
      failures.push(error instanceof Error ? error.message : String(error));
    }
  }
  throw new DocumentUnavailableError(failures.join('; '));
}
