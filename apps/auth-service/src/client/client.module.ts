/** What is known of clients without their authentication. */
import { Module } from '@nestjs/common';
import { StorageModule } from '../storage/storage.module.js';
import { ClientOrigins } from './client.origins.js';

@Module({ imports: [StorageModule], providers: [ClientOrigins], exports: [ClientOrigins] })
export class ClientModule {}
