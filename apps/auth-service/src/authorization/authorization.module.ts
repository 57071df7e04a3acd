/** The authorization endpoint and that for pushed requests. */
import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { AuthenticationModule } from '../authentication/authentication.module.js';
import { AuthorizationDetailsModule } from '../authorization-details/authorization-details.module.js';
import { ClientAuthenticationModule } from '../client-authentication/client-authentication.module.js';
import { ClientMetadataDocumentModule } from '../client-metadata-document/client-metadata-document.module.js';
import { BrowserModule } from '../interaction/browser.module.js';
import { IssuanceModule } from '../issuance/issuance.module.js';
import { ResourceModule } from '../resource/resource.module.js';
import { SenderConstraintModule } from '../sender-constraint/sender-constraint.module.js';
import { SessionModule } from '../session/session.module.js';
import { StorageModule } from '../storage/storage.module.js';
import { ViewsModule } from '../views/views.module.js';
import { AuthorizationCodeModule } from './authorization-code.module.js';
import { AuthorizationController } from './authorization.controller.js';
import { AuthorizationGranter } from './authorization.granter.js';
import { AuthorizationHandler } from './authorization.handler.js';
import { AuthorizationRequestChecker } from './authorization-request.checker.js';
import { AuthorizationResponder } from './authorization.responder.js';
import { PushedRequestController } from './pushed-request.controller.js';
import { PushedRequestStore } from './pushed-request.store.js';

@Module({
  imports: [
    AuthorizationDetailsModule,
    StorageModule,
    AuditModule,
    AuthenticationModule,
    BrowserModule,
    ClientAuthenticationModule,
    ClientMetadataDocumentModule,
    IssuanceModule,
    ResourceModule,
    SenderConstraintModule,
    SessionModule,
    ViewsModule,
    AuthorizationCodeModule,
  ],
  controllers: [AuthorizationController, PushedRequestController],
  providers: [
    AuthorizationRequestChecker,
    AuthorizationHandler,
    AuthorizationGranter,
    AuthorizationResponder,
    PushedRequestStore,
  ],
})
export class AuthorizationModule {}
