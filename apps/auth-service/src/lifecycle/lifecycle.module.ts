/** How the process starts and ends. */
import { Module } from '@nestjs/common';
import { ServingState } from './serving.state.js';

@Module({ providers: [ServingState], exports: [ServingState] })
export class LifecycleModule {}
