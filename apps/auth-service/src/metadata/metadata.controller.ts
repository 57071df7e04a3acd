/** Authorization server metadata (RFC 8414). */
import { Controller, Get, Header, Inject } from '@nestjs/common';
import {
  AUTHORIZATION_SERVER_WELL_KNOWN,
  type AuthorizationServerMetadata,
  type ClientAuthenticationMethod,
} from '@keyward/oauth';
import { serverConfig, type ServerConfig } from '../config/server.config.js';
import { TOKEN_GRANTS, type TokenGrant } from '../token/token.grant.js';

const METADATA_MAX_AGE_SECONDS = 300;

const AUTHENTICATION_METHODS: readonly ClientAuthenticationMethod[] = [
  'client_secret_basic',
  'client_secret_post',
];

@Controller('.well-known')
export class MetadataController {
  constructor(
    @Inject(serverConfig.KEY) private readonly server: ServerConfig,
    @Inject(TOKEN_GRANTS) private readonly grants: readonly TokenGrant[],
  ) {}

  /** @see RFC 8414 section 3 */
  @Get(AUTHORIZATION_SERVER_WELL_KNOWN)
  @Header('Cache-Control', `public, max-age=${METADATA_MAX_AGE_SECONDS}`)
  metadata(): AuthorizationServerMetadata {
    const { issuer } = this.server;
    return {
      issuer,
      token_endpoint: `${issuer}/oauth2/token`,
      jwks_uri: `${issuer}/.well-known/jwks.json`,
      introspection_endpoint: `${issuer}/oauth2/introspect`,
      revocation_endpoint: `${issuer}/oauth2/revoke`,
      // Required by RFC 8414 and empty: there is no authorization endpoint yet.
      response_types_supported: [],
      grant_types_supported: this.grants.map(({ grantType }) => grantType),
      token_endpoint_auth_methods_supported: AUTHENTICATION_METHODS,
      introspection_endpoint_auth_methods_supported: AUTHENTICATION_METHODS,
      revocation_endpoint_auth_methods_supported: AUTHENTICATION_METHODS,
    };
  }
}
