/** Rich authorization requests: types, what a client may have of them, and how a person reads them. */
import { Module } from '@nestjs/common';
import { StorageModule } from '../storage/storage.module.js';
import { AuthorizationDetailsDescriber } from './authorization-details.describer.js';
import { AuthorizationDetailsResolver } from './authorization-details.resolver.js';
import { CachedAuthorizationDetailsTypes } from './cached-authorization-details-types.js';

@Module({
  imports: [StorageModule],
  providers: [
    AuthorizationDetailsDescriber,
    AuthorizationDetailsResolver,
    CachedAuthorizationDetailsTypes,
  ],
  exports: [AuthorizationDetailsDescriber, AuthorizationDetailsResolver],
})
export class AuthorizationDetailsModule {}
