/** Decides what a token is good for. */
import { Module } from '@nestjs/common';
import { StorageModule } from '../storage/storage.module.js';
import { ClientTargetResolver } from './client-target.resolver.js';
import { GrantTargetResolver } from './grant-target.resolver.js';
import { TargetResolver } from './target.resolver.js';

@Module({
  imports: [StorageModule],
  providers: [TargetResolver, ClientTargetResolver, GrantTargetResolver],
  exports: [TargetResolver, ClientTargetResolver, GrantTargetResolver],
})
export class ResourceModule {}
