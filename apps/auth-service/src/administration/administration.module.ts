/** The administration API: a resource of this server, for those who have tokens for it. */
import { Module } from '@nestjs/common';
import { AuthModule } from '@keyward/auth';
import { AuditModule } from '../audit/audit.module.js';
import { ClientRegistrationModule } from '../client-registration/client-registration.module.js';
import { serverConfig } from '../config/server.config.js';
import { tlsConfig } from '../config/tls.config.js';
import { tokenConfig } from '../config/token.config.js';
import { KeyRing } from '../keys/key.ring.js';
import { KeysModule } from '../keys/keys.module.js';
import { RefreshTokenKeys } from '../refresh-token/refresh-token.keys.js';
import { RefreshTokenModule } from '../refresh-token/refresh-token.module.js';
import { RevocationModule } from '../revocation/revocation.module.js';
import { SingleUseStore } from '../single-use/single-use.store.js';
import { StorageModule } from '../storage/storage.module.js';
import { administrationOptions } from './administration.protection.js';
import { LiveTokenGuard } from './live-token.guard.js';
import { AuditController } from './audit.controller.js';
import { ClientsController } from './clients.controller.js';
import { SessionsController } from './sessions.controller.js';
import { SigningKeysController } from './signing-keys.controller.js';

@Module({
  imports: [
    AuditModule,
    ClientRegistrationModule,
    KeysModule,
    RevocationModule,
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
      ],
      useFactory: administrationOptions,
    }),
  ],
  controllers: [AuditController, ClientsController, SessionsController, SigningKeysController],
  providers: [LiveTokenGuard],
})
export class AdministrationModule {}
