/** The limits on requests. */
import { Module } from '@nestjs/common';
import { StorageModule } from '../storage/storage.module.js';
import { RequestLimits } from './request.limits.js';

@Module({
  imports: [StorageModule],
  providers: [RequestLimits],
  exports: [RequestLimits],
})
export class LimitsModule {}
