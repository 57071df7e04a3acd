/** Signing out: by a client's request, and the news of it to every client of the session. */
import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { BrowserModule } from '../interaction/browser.module.js';
import { IssuanceModule } from '../issuance/issuance.module.js';
import { KeysModule } from '../keys/keys.module.js';
import { OutboundModule } from '../outbound/outbound.module.js';
import { SessionModule } from '../session/session.module.js';
import { StorageModule } from '../storage/storage.module.js';
import { ViewsModule } from '../views/views.module.js';
import { LogoutTokenIssuer } from './logout-token.issuer.js';
import { LogoutController } from './logout.controller.js';
import { LogoutHandler } from './logout.handler.js';
import { LogoutPurge } from './logout.purge.js';
import { LogoutRelay } from './logout.relay.js';
import { LogoutRequestParser } from './logout-request.parser.js';
import { LogoutSender } from './logout.sender.js';

@Module({
  imports: [
    StorageModule,
    AuditModule,
    BrowserModule,
    IssuanceModule,
    KeysModule,
    OutboundModule,
    SessionModule,
    ViewsModule,
  ],
  controllers: [LogoutController],
  providers: [
    LogoutRequestParser,
    LogoutHandler,
    LogoutRelay,
    LogoutPurge,
    LogoutTokenIssuer,
    LogoutSender,
  ],
})
export class LogoutModule {}
