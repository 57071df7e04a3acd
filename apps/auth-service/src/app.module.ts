/** The authorization server: its concepts, one module each; storage joins their ports and adapters. */
import { Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { APP_FILTER } from '@nestjs/core';
import { ObservabilityModule, type ObservabilityOptions } from '@keyward/observability';
import { AccountModule } from './account/account.module.js';
import { AccountPageModule } from './account-page/account-page.module.js';
import { AdministrationModule } from './administration/administration.module.js';
import { AuditModule } from './audit/audit.module.js';
import { AuthorizationModule } from './authorization/authorization.module.js';
import { BootstrapModule } from './bootstrap/bootstrap.module.js';
import { ClientModule } from './client/client.module.js';
import { auditConfig } from './config/audit.config.js';
import { bootstrapConfig } from './config/bootstrap.config.js';
import { lifecycleConfig } from './config/lifecycle.config.js';
import { limitsConfig } from './config/limits.config.js';
import { mailConfig } from './config/mail.config.js';
import { outboundConfig } from './config/outbound.config.js';
import { observabilityConfig } from './config/observability.config.js';
import { passwordPolicyConfig } from './config/password-policy.config.js';
import { registrationConfig } from './config/registration.config.js';
import { serverConfig } from './config/server.config.js';
import { sessionConfig } from './config/session.config.js';
import { signingKeyConfig } from './config/signing-key.config.js';
import { storageConfig } from './config/storage.config.js';
import { tlsConfig } from './config/tls.config.js';
import { tokenConfig } from './config/token.config.js';
import { viewsConfig } from './config/views.config.js';
import { DevicePageModule } from './device-authorization/device-page.module.js';
import { DynamicRegistrationModule } from './dynamic-registration/dynamic-registration.module.js';
import { DoctorModule } from './doctor/doctor.module.js';
import { HealthModule } from './health/health.module.js';
import { OAuthExceptionFilter } from './http/oauth-exception.filter.js';
import { InteractionModule } from './interaction/interaction.module.js';
import { IntrospectionModule } from './introspection/introspection.module.js';
import { LimitsModule } from './limits/limits.module.js';
import { CountsModule } from './observability/counts.module.js';
import { MetricsModule } from './observability/metrics.module.js';
import { LogoutModule } from './logout/logout.module.js';
import { MetadataModule } from './metadata/metadata.module.js';
import { EmailModule } from './email/email.module.js';
import { PasswordResetModule } from './password-reset/password-reset.module.js';
import { FeedModule } from './revocation/feed/feed.module.js';
import { RevocationModule } from './revocation/revocation.module.js';
import { SessionModule } from './session/session.module.js';
import { TokenModule } from './token/token.module.js';
import { UpstreamModule } from './upstream/upstream.module.js';
import { UserinfoModule } from './userinfo/userinfo.module.js';
import { ViewsModule } from './views/views.module.js';

@Module({
  imports: [
    // The process environment is the only source: no .env file is read behind the operator's back.
    ConfigModule.forRoot({
      isGlobal: true,
      ignoreEnvFile: true,
      load: [
        serverConfig,
        storageConfig,
        tlsConfig,
        tokenConfig,
        signingKeyConfig,
        bootstrapConfig,
        auditConfig,
        viewsConfig,
        sessionConfig,
        limitsConfig,
        mailConfig,
        lifecycleConfig,
        passwordPolicyConfig,
        outboundConfig,
        registrationConfig,
        observabilityConfig,
      ],
    }),
    ObservabilityModule.forRootAsync({
      inject: [observabilityConfig.KEY],
      useFactory: (observability: ObservabilityOptions) => ({
        service: 'auth-service',
        observability,
      }),
    }),
    AccountModule,
    AccountPageModule,
    AdministrationModule,
    AuditModule,
    AuthorizationModule,
    BootstrapModule,
    ClientModule,
    DevicePageModule,
    DynamicRegistrationModule,
    DoctorModule,
    TokenModule,
    InteractionModule,
    IntrospectionModule,
    RevocationModule,
    FeedModule,
    UpstreamModule,
    UserinfoModule,
    EmailModule,
    PasswordResetModule,
    MetadataModule,
    SessionModule,
    LogoutModule,
    HealthModule,
    // Of use to the hooks that count by address.
    LimitsModule,
    CountsModule,
    MetricsModule,
    // Of use to the exception filter too.
    ViewsModule,
  ],
  providers: [{ provide: APP_FILTER, useClass: OAuthExceptionFilter }],
})
export class AppModule {}
