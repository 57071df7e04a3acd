/** Sign-in by OpenID providers of others. */
import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { AuthenticationModule } from '../authentication/authentication.module.js';
import { BrowserModule } from '../interaction/browser.module.js';
import { InteractionModule } from '../interaction/interaction.module.js';
import { KeysModule } from '../keys/keys.module.js';
import { StorageModule } from '../storage/storage.module.js';
import { ViewsModule } from '../views/views.module.js';
import { LinkController } from './link.controller.js';
import { UpstreamCallback } from './upstream.callback.js';
import { UpstreamClient } from './upstream.client.js';
import { UpstreamConfigurations } from './upstream.configurations.js';
import { UpstreamController } from './upstream.controller.js';
import { UpstreamIdentities } from './upstream-identities.js';
import { UpstreamSignIn } from './upstream.sign-in.js';
import { UpstreamStates } from './upstream.states.js';

@Module({
  imports: [
    AuditModule,
    AuthenticationModule,
    BrowserModule,
    InteractionModule,
    KeysModule,
    StorageModule,
    ViewsModule,
  ],
  controllers: [UpstreamController, LinkController],
  providers: [
    UpstreamCallback,
    UpstreamClient,
    UpstreamConfigurations,
    UpstreamIdentities,
    UpstreamSignIn,
    UpstreamStates,
  ],
  exports: [UpstreamIdentities],
})
export class UpstreamModule {}
