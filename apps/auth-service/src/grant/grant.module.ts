/** Grants: what resource owners allowed clients. */
import { Module } from '@nestjs/common';
import { RelayModule } from '../revocation/relay.module.js';
import { StorageModule } from '../storage/storage.module.js';
import { GrantHistory } from './grant.history.js';
import { GrantService } from './grant.service.js';

@Module({
  imports: [StorageModule, RelayModule],
  providers: [GrantService, GrantHistory],
  exports: [GrantService, GrantHistory],
})
export class GrantModule {}
