/** Clients that register themselves. */
import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { ClientRegistrationModule } from '../client-registration/client-registration.module.js';
import { OutboundModule } from '../outbound/outbound.module.js';
import { SessionModule } from '../session/session.module.js';
import { StorageModule } from '../storage/storage.module.js';
import { DynamicRegistrar } from './dynamic.registrar.js';
import { RegistrationController } from './registration.controller.js';
import { RegistrationParser } from './registration.parser.js';
import { RegistrationPurge } from './registration.purge.js';
import { RegistrationTokens } from './registration.tokens.js';

@Module({
  imports: [AuditModule, ClientRegistrationModule, OutboundModule, SessionModule, StorageModule],
  controllers: [RegistrationController],
  providers: [DynamicRegistrar, RegistrationParser, RegistrationPurge, RegistrationTokens],
  exports: [RegistrationTokens],
})
export class DynamicRegistrationModule {}
