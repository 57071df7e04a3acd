/** The authorization server: the only place where ports and adapters meet. */
import { Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { APP_FILTER } from '@nestjs/core';
import { TerminusModule } from '@nestjs/terminus';
import { BootstrapService } from './bootstrap/bootstrap.service.js';
import { BootstrapStore } from './bootstrap/bootstrap.store.js';
import { ClientAuthenticator } from './client-authentication/client.authenticator.js';
import { ClientStore } from './client/client.store.js';
import { bootstrapConfig } from './config/bootstrap.config.js';
import { serverConfig } from './config/server.config.js';
import { storageConfig } from './config/storage.config.js';
import { tokenConfig, type TokenConfig } from './config/token.config.js';
import { HealthController } from './health/health.controller.js';
import { READINESS_CHECKS, type ReadinessCheck } from './health/readiness.check.js';
import { SigningKeyCheck } from './health/signing-key.check.js';
import { OAuthExceptionFilter } from './http/oauth-exception.filter.js';
import { IntrospectionController } from './introspection/introspection.controller.js';
import { IntrospectionHandler } from './introspection/introspection.handler.js';
import { AccessTokenIssuer } from './issuance/access-token.issuer.js';
import { AccessTokenVerifier } from './issuance/access-token.verifier.js';
import { loadDevelopmentKey } from './keys/development-key.file.js';
import { EnvironmentKeyEncryption } from './keys/environment.key-encryption.js';
import { JwksController } from './keys/jwks.controller.js';
import { KeyEncryption } from './keys/key-encryption.js';
import { KeyRing } from './keys/key.ring.js';
import { SigningKeyCipher } from './keys/signing-key.cipher.js';
import { SigningKeyStore } from './keys/signing-key.store.js';
import { MetadataController } from './metadata/metadata.controller.js';
import { ResourceStore } from './resource/resource.store.js';
import { TargetResolver } from './resource/target.resolver.js';
import { RevocationController } from './revocation/revocation.controller.js';
import { RevocationHandler } from './revocation/revocation.handler.js';
import { RevocationRecord } from './revocation/revocation.record.js';
import { RevocationService } from './revocation/revocation.service.js';
import { RevokedTokenStore } from './revocation/revoked-token.store.js';
import { MemoryRevokedTokenStore } from './storage/memory/memory-revoked-token.store.js';
import { PostgresBootstrapStore } from './storage/postgres/postgres-bootstrap.store.js';
import { PostgresClientStore } from './storage/postgres/postgres-client.store.js';
import { PostgresResourceStore } from './storage/postgres/postgres-resource.store.js';
import { PostgresRevocationRecord } from './storage/postgres/postgres-revocation.record.js';
import { PostgresSigningKeyStore } from './storage/postgres/postgres-signing-key.store.js';
import { PostgresCheck } from './storage/postgres/postgres.check.js';
import { PostgresModule } from './storage/postgres/postgres.module.js';
import { RedisRevokedTokenStore } from './storage/redis/redis-revoked-token.store.js';
import { RedisCheck } from './storage/redis/redis.check.js';
import { RedisConnection } from './storage/redis/redis.connection.js';
import { RedisModule } from './storage/redis/redis.module.js';
import { ClientCredentialsGrant } from './token/grants/client-credentials.grant.js';
import { TokenController } from './token/token.controller.js';
import { TOKEN_GRANTS, type TokenGrant } from './token/token.grant.js';

@Module({
  imports: [
    // The process environment is the only source: no .env file is read behind the operator's back.
    ConfigModule.forRoot({
      isGlobal: true,
      ignoreEnvFile: true,
      load: [serverConfig, storageConfig, tokenConfig, bootstrapConfig],
    }),
    TerminusModule.forRoot({ logger: false }),
    PostgresModule,
    RedisModule,
  ],
  controllers: [
    TokenController,
    IntrospectionController,
    RevocationController,
    JwksController,
    MetadataController,
    HealthController,
  ],
  providers: [
    { provide: APP_FILTER, useClass: OAuthExceptionFilter },
    ClientAuthenticator,
    TargetResolver,
    AccessTokenIssuer,
    AccessTokenVerifier,
    IntrospectionHandler,
    RevocationHandler,
    RevocationService,
    KeyRing,
    SigningKeyCipher,
    BootstrapService,

    ClientCredentialsGrant,
    {
      provide: TOKEN_GRANTS,
      inject: [ClientCredentialsGrant],
      useFactory: (...grants: TokenGrant[]) => grants,
    },

    { provide: ClientStore, useClass: PostgresClientStore },
    { provide: ResourceStore, useClass: PostgresResourceStore },
    { provide: SigningKeyStore, useClass: PostgresSigningKeyStore },
    { provide: RevocationRecord, useClass: PostgresRevocationRecord },
    { provide: BootstrapStore, useClass: PostgresBootstrapStore },
    {
      provide: RevokedTokenStore,
      inject: [RedisConnection],
      useFactory: (redis: RedisConnection | null) =>
        redis === null ? new MemoryRevokedTokenStore() : new RedisRevokedTokenStore(redis),
    },
    {
      provide: KeyEncryption,
      inject: [tokenConfig.KEY],
      useFactory: ({ keyEncryptionKey, dataDirectory }: TokenConfig) =>
        new EnvironmentKeyEncryption(keyEncryptionKey ?? loadDevelopmentKey(dataDirectory)),
    },

    PostgresCheck,
    SigningKeyCheck,
    {
      provide: RedisCheck,
      inject: [RedisConnection],
      useFactory: (redis: RedisConnection | null) => new RedisCheck(redis),
    },
    {
      provide: READINESS_CHECKS,
      inject: [PostgresCheck, RedisCheck, SigningKeyCheck],
      useFactory: (...checks: ReadinessCheck[]) => checks,
    },
  ],
})
export class AppModule {}
