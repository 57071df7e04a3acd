/** The introspection endpoint. */
import { Module } from '@nestjs/common';
import { ClientAuthenticationModule } from '../client-authentication/client-authentication.module.js';
import { IssuanceModule } from '../issuance/issuance.module.js';
import { RevocationModule } from '../revocation/revocation.module.js';
import { IntrospectionController } from './introspection.controller.js';
import { KeysModule } from '../keys/keys.module.js';
import { IntrospectionSigner } from './introspection.signer.js';
import { IntrospectionHandler } from './introspection.handler.js';

@Module({
  imports: [ClientAuthenticationModule, IssuanceModule, KeysModule, RevocationModule],
  controllers: [IntrospectionController],
  providers: [IntrospectionHandler, IntrospectionSigner],
})
export class IntrospectionModule {}
