/** The administration API: a resource of this server, for those who have tokens for it. */
import { Module } from '@nestjs/common';
import { AuthModule } from '@keyward/auth';
import { Observability } from '@keyward/observability';
import { AccountModule } from '../account/account.module.js';
import { AuditModule } from '../audit/audit.module.js';
import { ClientRegistrationModule } from '../client-registration/client-registration.module.js';
import { ResourceRegistrationModule } from '../resource-registration/resource-registration.module.js';
import { serverConfig } from '../config/server.config.js';
import { tlsConfig } from '../config/tls.config.js';
import { tokenConfig } from '../config/token.config.js';
import { DynamicRegistrationModule } from '../dynamic-registration/dynamic-registration.module.js';
import { RegistrationTokensController } from '../dynamic-registration/registration-tokens.controller.js';
import { FactorModule } from '../factor/factor.module.js';
import { GrantModule } from '../grant/grant.module.js';
import { KeyRing } from '../keys/key.ring.js';
import { KeysModule } from '../keys/keys.module.js';
import { LimitsModule } from '../limits/limits.module.js';
import { PasswordPolicyModule } from '../password-policy/password-policy.module.js';
import { PasswordResetModule } from '../password-reset/password-reset.module.js';
import { RefreshTokenKeys } from '../refresh-token/refresh-token.keys.js';
import { RefreshTokenModule } from '../refresh-token/refresh-token.module.js';
import { RevocationModule } from '../revocation/revocation.module.js';
import { SessionModule } from '../session/session.module.js';
import { SingleUseStore } from '../single-use/single-use.store.js';
import { StorageModule } from '../storage/storage.module.js';
import { administrationOptions } from './administration.protection.js';
import { LiveTokenGuard } from './live-token.guard.js';
import { AuditController } from './audit.controller.js';
import { ClientsController } from './clients.controller.js';
import { ResourcesController } from './resources.controller.js';
import { GrantsController } from './grants.controller.js';
import { OpenApiController } from './openapi/openapi.controller.js';
import { SessionsController } from './sessions.controller.js';
import { SigningKeysController } from './signing-keys.controller.js';
import { NewUsers } from './users/new.users.js';
import { UserCredentials } from './users/user.credentials.js';
import { UserCredentialsController } from './users/user-credentials.controller.js';
import { UserRegistrar } from './users/user.registrar.js';
import { UsersController } from './users/users.controller.js';

@Module({
  imports: [
    AccountModule,
    AuditModule,
    ClientRegistrationModule,
    DynamicRegistrationModule,
    ResourceRegistrationModule,
    FactorModule,
    GrantModule,
    KeysModule,
    LimitsModule,
    PasswordPolicyModule,
    PasswordResetModule,
    RevocationModule,
    SessionModule,
    StorageModule,
    AuthModule.forRootAsync({
      global: false,
      exceptionFilter: false,
      imports: [KeysModule, RefreshTokenModule, StorageModule],
      inject: [
        serverConfig.KEY,
        tlsConfig.KEY,
        tokenConfig.KEY,
        KeyRing,
        SingleUseStore,
        RefreshTokenKeys,
        Observability,
      ],
      useFactory: administrationOptions,
    }),
  ],
  controllers: [
    AuditController,
    ClientsController,
    RegistrationTokensController,
    ResourcesController,
    GrantsController,
    OpenApiController,
    SessionsController,
    SigningKeysController,
    UserCredentialsController,
    UsersController,
  ],
  providers: [LiveTokenGuard, NewUsers, UserCredentials, UserRegistrar],
})
export class AdministrationModule {}
