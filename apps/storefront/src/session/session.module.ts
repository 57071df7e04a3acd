/** Gives BffModule the stores that the configuration asks for. */
import { Module } from '@nestjs/common';
import { SessionStores } from './session-stores.js';

@Module({ providers: [SessionStores], exports: [SessionStores] })
export class SessionModule {}
