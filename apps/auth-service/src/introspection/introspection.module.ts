/** The introspection endpoint. */
import { Module } from '@nestjs/common';
import { AuthorizationDetailsModule } from '../authorization-details/authorization-details.module.js';
import { ClientAuthenticationModule } from '../client-authentication/client-authentication.module.js';
import { IssuanceModule } from '../issuance/issuance.module.js';
import { RevocationModule } from '../revocation/revocation.module.js';
import { IntrospectionController } from './introspection.controller.js';
import { GrantModule } from '../grant/grant.module.js';
import { RefreshTokenModule } from '../refresh-token/refresh-token.module.js';
import { KeysModule } from '../keys/keys.module.js';
import { IntrospectionSigner } from './introspection.signer.js';
import { IntrospectionHandler } from './introspection.handler.js';

@Module({
  imports: [
    AuthorizationDetailsModule,
    ClientAuthenticationModule,
    IssuanceModule,
    KeysModule,
    RevocationModule,
    GrantModule,
    RefreshTokenModule,
  ],
  controllers: [IntrospectionController],
  providers: [IntrospectionHandler, IntrospectionSigner],
})
export class IntrospectionModule {}
