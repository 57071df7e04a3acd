/** Sign-in sessions. */
import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { GrantModule } from '../grant/grant.module.js';
import { RelayModule } from '../revocation/relay.module.js';
import { StorageModule } from '../storage/storage.module.js';
import { SessionClock } from './session.clock.js';
import { SessionPurge } from './session.purge.js';
import { SessionReader } from './session.reader.js';
import { SessionRelay } from './session.relay.js';
import { SessionRevocation } from './session.revocation.js';
import { SessionService } from './session.service.js';

@Module({
  imports: [StorageModule, AuditModule, GrantModule, RelayModule],
  providers: [
    SessionService,
    SessionRevocation,
    SessionReader,
    SessionRelay,
    SessionPurge,
    SessionClock,
  ],
  exports: [SessionService, SessionRevocation, SessionClock],
})
export class SessionModule {}
