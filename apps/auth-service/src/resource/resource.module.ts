/** Decides what a token is good for. */
import { Module } from '@nestjs/common';
import { StorageModule } from '../storage/storage.module.js';
import { TargetResolver } from './target.resolver.js';

@Module({ imports: [StorageModule], providers: [TargetResolver], exports: [TargetResolver] })
export class ResourceModule {}
