/** The token endpoint and its grants. */
import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { AuthorizationCodeModule } from '../authorization/authorization-code.module.js';
import { AuthorizationDetailsModule } from '../authorization-details/authorization-details.module.js';
import { ClientAuthenticationModule } from '../client-authentication/client-authentication.module.js';
import { DeviceAuthorizationModule } from '../device-authorization/device-authorization.module.js';
import { GrantModule } from '../grant/grant.module.js';
import { IssuanceModule } from '../issuance/issuance.module.js';
import { CountedGrant } from '../observability/counted.grant.js';
import { CountsModule } from '../observability/counts.module.js';
import { ServerCounts } from '../observability/server.counts.js';
import { PartnerModule } from '../partner/partner.module.js';
import { RefreshTokenModule } from '../refresh-token/refresh-token.module.js';
import { ResourceModule } from '../resource/resource.module.js';
import { RevocationModule } from '../revocation/revocation.module.js';
import { SenderConstraintModule } from '../sender-constraint/sender-constraint.module.js';
import { StorageModule } from '../storage/storage.module.js';
import { AuthorizationCodeGrant } from './grants/authorization-code.grant.js';
import { ClientCredentialsGrant } from './grants/client-credentials.grant.js';
import { DeviceCodeGrant } from './grants/device-code.grant.js';
import { ExchangedTokens } from './grants/exchanged.tokens.js';
import { JwtBearerGrant } from './grants/jwt-bearer.grant.js';
import { RefreshTokenGrant } from './grants/refresh-token.grant.js';
import { TokenExchangeGrant } from './grants/token-exchange.grant.js';
import { TokenResponseIssuer } from './token-response.issuer.js';
import { TokenController } from './token.controller.js';
import { TOKEN_GRANTS, type TokenGrant } from './token.grant.js';

const GRANTS = [
  AuthorizationCodeGrant,
  ClientCredentialsGrant,
  RefreshTokenGrant,
  TokenExchangeGrant,
  JwtBearerGrant,
  DeviceCodeGrant,
];

@Module({
  imports: [
    AuditModule,
    AuthorizationCodeModule,
    AuthorizationDetailsModule,
    ClientAuthenticationModule,
    DeviceAuthorizationModule,
    CountsModule,
    GrantModule,
    IssuanceModule,
    PartnerModule,
    RefreshTokenModule,
    ResourceModule,
    RevocationModule,
    SenderConstraintModule,
    StorageModule,
  ],
  controllers: [TokenController],
  providers: [
    TokenResponseIssuer,
    ExchangedTokens,
    ...GRANTS,
    {
      provide: TOKEN_GRANTS,
      inject: [ServerCounts, ...GRANTS],
      useFactory: (counts: ServerCounts, ...grants: TokenGrant[]) =>
        grants.map((grant) => new CountedGrant(grant, counts)),
    },
  ],
  exports: [TOKEN_GRANTS],
})
export class TokenModule {}
