/** The relay of revocations: what everything that revokes, and everything that must learn of it, shares. */
import { Module } from '@nestjs/common';
import { StorageModule } from '../storage/storage.module.js';
import { RevocationRelay } from './revocation.relay.js';

@Module({ imports: [StorageModule], providers: [RevocationRelay], exports: [RevocationRelay] })
export class RelayModule {}
