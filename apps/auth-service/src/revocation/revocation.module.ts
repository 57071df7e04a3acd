/** Revocation: the endpoint, and the service behind everything that revokes. */
import { Module } from '@nestjs/common';
import { StorageModule } from '../storage/storage.module.js';
import { ClientAuthenticationModule } from '../client-authentication/client-authentication.module.js';
import { IssuanceModule } from '../issuance/issuance.module.js';
import { RevocationController } from './revocation.controller.js';
import { RevocationHandler } from './revocation.handler.js';
import { RevocationService } from './revocation.service.js';

@Module({
  imports: [StorageModule, ClientAuthenticationModule, IssuanceModule],
  controllers: [RevocationController],
  providers: [RevocationHandler, RevocationService],
  exports: [RevocationService],
})
export class RevocationModule {}
