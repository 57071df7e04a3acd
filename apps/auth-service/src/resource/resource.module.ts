/** Decides what a token is good for. */
import { Module } from '@nestjs/common';
import { StorageModule } from '../storage/storage.module.js';
import { ClientTargetResolver } from './client-target.resolver.js';
import { DerivedTargetResolver } from './derived-target.resolver.js';
import { GrantTargetResolver } from './grant-target.resolver.js';
import { TargetResolver } from './target.resolver.js';

const RESOLVERS = [
  TargetResolver,
  ClientTargetResolver,
  GrantTargetResolver,
  DerivedTargetResolver,
];

@Module({ imports: [StorageModule], providers: RESOLVERS, exports: RESOLVERS })
export class ResourceModule {}
