/** Authorization codes, for the endpoint that gives them out and the one that redeems them. */
import { Module } from '@nestjs/common';
import { StorageModule } from '../storage/storage.module.js';
import { AuthorizationCodeStore } from './authorization-code.store.js';

@Module({
  imports: [StorageModule],
  providers: [AuthorizationCodeStore],
  exports: [AuthorizationCodeStore],
})
export class AuthorizationCodeModule {}
