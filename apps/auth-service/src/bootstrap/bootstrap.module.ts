/** Applies what a deployment declares, at start. */
import { Module } from '@nestjs/common';
import { StorageModule } from '../storage/storage.module.js';
import { BootstrapService } from './bootstrap.service.js';

@Module({ imports: [StorageModule], providers: [BootstrapService] })
export class BootstrapModule {}
