/** Revocation: the endpoint, and the service behind everything that revokes. */
import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { StorageModule } from '../storage/storage.module.js';
import { ClientAuthenticationModule } from '../client-authentication/client-authentication.module.js';
import { IssuanceModule } from '../issuance/issuance.module.js';
import { GrantModule } from '../grant/grant.module.js';
import { SessionModule } from '../session/session.module.js';
import { RefreshTokenModule } from '../refresh-token/refresh-token.module.js';
import { KeyRevocation } from './key.revocation.js';
import { LiveAccessTokens } from './live-access.tokens.js';
import { RelayModule } from './relay.module.js';
import { RevocationController } from './revocation.controller.js';
import { RevocationHandler } from './revocation.handler.js';
import { RevocationRetention } from './revocation.retention.js';
import { RevocationService } from './revocation.service.js';

@Module({
  imports: [
    StorageModule,
    AuditModule,
    RelayModule,
    GrantModule,
    ClientAuthenticationModule,
    IssuanceModule,
    RefreshTokenModule,
    SessionModule,
  ],
  controllers: [RevocationController],
  providers: [
    KeyRevocation,
    RevocationHandler,
    RevocationService,
    RevocationRetention,
    LiveAccessTokens,
  ],
  exports: [RevocationService, LiveAccessTokens, RelayModule],
})
export class RevocationModule {}
