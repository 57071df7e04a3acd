/** The userinfo endpoint. */
import { Module } from '@nestjs/common';
import { IssuanceModule } from '../issuance/issuance.module.js';
import { LimitsModule } from '../limits/limits.module.js';
import { RevocationModule } from '../revocation/revocation.module.js';
import { SenderConstraintModule } from '../sender-constraint/sender-constraint.module.js';
import { StorageModule } from '../storage/storage.module.js';
import { UserinfoController } from './userinfo.controller.js';
import { UserinfoHandler } from './userinfo.handler.js';

@Module({
  imports: [StorageModule, SenderConstraintModule, IssuanceModule, LimitsModule, RevocationModule],
  controllers: [UserinfoController],
  providers: [UserinfoHandler],
})
export class UserinfoModule {}
