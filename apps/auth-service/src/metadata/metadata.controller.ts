/** Authorization server metadata (RFC 8414), and the same for OpenID Connect clients. */
import { Controller, Get, Header, Inject } from '@nestjs/common';
import { type OpenIdProviderMetadata } from '@keyward/oauth';
import { type Bootstrap } from '../bootstrap/bootstrap.file.js';
import { bootstrapConfig } from '../config/bootstrap.config.js';
import { registrationConfig, type RegistrationConfig } from '../config/registration.config.js';
import { serverConfig, type ServerConfig } from '../config/server.config.js';
import { tlsConfig, type TlsConfig } from '../config/tls.config.js';
import { tokenConfig, type TokenConfig } from '../config/token.config.js';
import { ENDPOINT_PATHS } from '../http/endpoint.paths.js';
import { TOKEN_GRANTS, type TokenGrant } from '../token/token.grant.js';
import { describeProvider } from './provider.metadata.js';

const METADATA_MAX_AGE_SECONDS = 300;

@Controller()
export class MetadataController {
  private readonly document: OpenIdProviderMetadata;

  constructor(
    @Inject(serverConfig.KEY) { issuer }: ServerConfig,
    @Inject(tokenConfig.KEY) { signingAlgorithm }: TokenConfig,
    @Inject(tlsConfig.KEY) tls: TlsConfig,
    @Inject(TOKEN_GRANTS) grants: readonly TokenGrant[],
    @Inject(bootstrapConfig.KEY) bootstrap: Bootstrap,
    @Inject(registrationConfig.KEY) registration: RegistrationConfig,
  ) {
    const authorizationDetailsTypes = bootstrap.authorizationDetailsTypes.map(({ type }) => type);
    const grantTypes = grants.map(({ grantType }) => grantType);
    this.document = describeProvider({
      issuer,
      signingAlgorithm,
      grantTypes,
      tls,
      authorizationDetailsTypes,
      registration,
    });
  }

  /** @see RFC 8414 section 3, OpenID Connect Discovery 1.0 section 4 */
  @Get([ENDPOINT_PATHS.metadata, ENDPOINT_PATHS.openidConfiguration])
  @Header('Cache-Control', `public, max-age=${METADATA_MAX_AGE_SECONDS}`)
  metadata(): OpenIdProviderMetadata {
    return this.document;
  }
}
