/** Counts, for every module that has something to count. */
import { Module } from '@nestjs/common';
import { ServerCounts } from './server.counts.js';

@Module({ providers: [ServerCounts], exports: [ServerCounts] })
export class CountsModule {}
