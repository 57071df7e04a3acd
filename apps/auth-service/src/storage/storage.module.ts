/** The only place where ports and adapters meet: every port that keeps something. */
import { Module, type Provider } from '@nestjs/common';
import { AccountRegistry } from '../account/account.registry.js';
import { AccountStore } from '../account/account.store.js';
import { ProfileStore } from '../account/profile.store.js';
import { EmailStore } from '../email/email.store.js';
import { AssuranceStore } from '../authentication/assurance.store.js';
import { AuditRecord } from '../audit/audit.record.js';
import { AuthorizationDetailsTypeStore } from '../authorization-details/authorization-details-type.store.js';
import { BootstrapStore } from '../bootstrap/bootstrap.store.js';
import { ClientOriginStore } from '../client/client-origin.store.js';
import { CachedClientStore } from '../client/cached-client.store.js';
import { ClientRegistry } from '../client/client.registry.js';
import { ResourceRegistry } from '../resource/resource.registry.js';
import { ClientStore } from '../client/client.store.js';
import { ConsentStore } from '../consent/consent.store.js';
import { DeviceAuthorizationStore } from '../device-authorization/device-authorization.store.js';
import { UserCodeBrake } from '../device-authorization/user-code.brake.js';
import { RememberedDeviceStore } from '../authentication/remembered-device.store.js';
import { RegistrationStore } from '../dynamic-registration/registration.store.js';
import { FactorStore } from '../factor/factor.store.js';
import { RecoveryCodeStore } from '../factor/recovery-code.store.js';
import { AllowedApplicationStore } from '../grant/allowed-application.store.js';
import { GrantRegistry } from '../grant/grant.registry.js';
import { GrantStore } from '../grant/grant.store.js';
import { InteractionStore } from '../interaction/interaction.store.js';
import { RegisteredAlgorithms } from '../keys/registered.algorithms.js';
import { SigningKeyStore } from '../keys/signing-key.store.js';
import { RequestRateStore } from '../limits/request-rate.store.js';
import { ResilientRequestRateStore } from '../limits/resilient-request-rate.store.js';
import { SignInBrake } from '../limits/sign-in.brake.js';
import { LogoutDeliveryStore } from '../logout/logout-delivery.store.js';
import { CountedRotationStore } from '../observability/counted.rotation-store.js';
import { CountsModule } from '../observability/counts.module.js';
import { ServerCounts } from '../observability/server.counts.js';
import { PartnerStore } from '../partner/partner.store.js';
import { GrantTermsStore } from '../refresh-token/grant-terms.store.js';
import { RefreshKeyStore } from '../refresh-token/refresh-key.store.js';
import { RotationRecord } from '../refresh-token/rotation.record.js';
import { RotationStore } from '../refresh-token/rotation.store.js';
import { CachedResourceStore } from '../resource/cached-resource.store.js';
import { ResourceStore } from '../resource/resource.store.js';
import { RevocationSignal } from '../revocation/feed/revocation.signal.js';
import { RevocationBacklog } from '../revocation/revocation.backlog.js';
import { RevocationRecord } from '../revocation/revocation.record.js';
import { RevokedTokenStore } from '../revocation/revoked-token.store.js';
import { RevocationStream } from '../revocation/stream/revocation.stream.js';
import { SessionCopyStore } from '../session/session-copy.store.js';
import { SessionOutbox } from '../session/session.outbox.js';
import { SessionRevocationRecord } from '../session/session-revocation.record.js';
import { SessionRegistry } from '../session/session.registry.js';
import { SessionRecord } from '../session/session.record.js';
import { SingleUseStore } from '../single-use/single-use.store.js';
import { UpstreamIdentityStore } from '../upstream/upstream-identity.store.js';
import { UpstreamStore } from '../upstream/upstream.store.js';
import { MemoryDeviceAuthorizationStore } from './memory/memory-device-authorization.store.js';
import { MemoryUserCodeBrake } from './memory/memory-user-code.brake.js';
import { MemoryInteractionStore } from './memory/memory-interaction.store.js';
import { MemoryRequestRateStore } from './memory/memory-request-rate.store.js';
import { MemoryRevokedTokenStore } from './memory/memory-revoked-token.store.js';
import { MemorySignInBrake } from './memory/memory-sign-in.brake.js';
import { MemorySessionCopyStore } from './memory/memory-session-copy.store.js';
import { MemoryRotationStore } from './memory/memory-rotation.store.js';
import { MemorySingleUseStore } from './memory/memory-single-use.store.js';
import { PostgresAccountRegistry } from './postgres/postgres-account.registry.js';
import { PostgresAccountStore } from './postgres/postgres-account.store.js';
import { PostgresEmailStore } from './postgres/postgres-email.store.js';
import { PostgresAssuranceStore } from './postgres/postgres-assurance.store.js';
import { PostgresAuditRecord } from './postgres/postgres-audit.record.js';
import { PostgresAuthorizationDetailsTypeStore } from './postgres/postgres-authorization-details-type.store.js';
import { PostgresBootstrapStore } from './postgres/postgres-bootstrap.store.js';
import { PostgresClientOriginStore } from './postgres/postgres-client-origin.store.js';
import { PostgresClientRegistry } from './postgres/postgres-client.registry.js';
import { PostgresResourceRegistry } from './postgres/postgres-resource.registry.js';
import { PostgresClientStore } from './postgres/postgres-client.store.js';
import { PostgresConsentStore } from './postgres/postgres-consent.store.js';
import { PostgresFactorStore } from './postgres/postgres-factor.store.js';
import { PostgresAllowedApplicationStore } from './postgres/postgres-allowed-application.store.js';
import { PostgresGrantRegistry } from './postgres/postgres-grant.registry.js';
import { PostgresGrantStore } from './postgres/postgres-grant.store.js';
import { PostgresLogoutDeliveryStore } from './postgres/postgres-logout-delivery.store.js';
import { PostgresGrantTermsStore } from './postgres/postgres-grant-terms.store.js';
import { PostgresRecoveryCodeStore } from './postgres/postgres-recovery-code.store.js';
import { PostgresPartnerStore } from './postgres/postgres-partner.store.js';
import { PostgresProfileStore } from './postgres/postgres-profile.store.js';
import { PostgresRefreshKeyStore } from './postgres/postgres-refresh-key.store.js';
import { PostgresRegistrationStore } from './postgres/postgres-registration.store.js';
import { PostgresRememberedDeviceStore } from './postgres/postgres-remembered-device.store.js';
import { PostgresResourceStore } from './postgres/postgres-resource.store.js';
import { PostgresRevocationBacklog } from './postgres/postgres-revocation.backlog.js';
import { PostgresRevocationRecord } from './postgres/postgres-revocation.record.js';
import { PostgresRevocationSignal } from './postgres/postgres-revocation.signal.js';
import { PostgresSessionOutbox } from './postgres/postgres-session.outbox.js';
import { PostgresSessionRevocationRecord } from './postgres/postgres-session-revocation.record.js';
import { PostgresSessionRegistry } from './postgres/postgres-session.registry.js';
import { PostgresSessionRecord } from './postgres/postgres-session.record.js';
import { PostgresRotationRecord } from './postgres/postgres-rotation.record.js';
import { PostgresRegisteredAlgorithms } from './postgres/postgres-registered.algorithms.js';
import { PostgresSigningKeyStore } from './postgres/postgres-signing-key.store.js';
import { PostgresUpstreamIdentityStore } from './postgres/postgres-upstream-identity.store.js';
import { PostgresUpstreamStore } from './postgres/postgres-upstream.store.js';
import { PostgresCheck } from './postgres/postgres.check.js';
import { PostgresModule } from './postgres/postgres.module.js';
import { RedisDeviceAuthorizationStore } from './redis/redis-device-authorization.store.js';
import { RedisUserCodeBrake } from './redis/redis-user-code.brake.js';
import { RedisInteractionStore } from './redis/redis-interaction.store.js';
import { RedisRequestRateStore } from './redis/redis-request-rate.store.js';
import { RedisRevocationStream } from './redis/redis-revocation.stream.js';
import { RedisRevokedTokenStore } from './redis/redis-revoked-token.store.js';
import { RedisCheck } from './redis/redis.check.js';
import { RedisConnection } from './redis/redis.connection.js';
import { RedisModule } from './redis/redis.module.js';
import { RedisSignInBrake } from './redis/redis-sign-in.brake.js';
import { RedisSessionCopyStore } from './redis/redis-session-copy.store.js';
import { RedisRotationStore } from './redis/redis-rotation.store.js';
import { RedisSingleUseStore } from './redis/redis-single-use.store.js';

/** The record: always PostgreSQL. */
const RECORD = [
  { provide: ClientStore, useClass: PostgresClientStore },
  {
    provide: CachedClientStore,
    inject: [ClientStore],
    useFactory: (record: ClientStore) => new CachedClientStore(record),
  },
  { provide: ClientRegistry, useClass: PostgresClientRegistry },
  { provide: RegistrationStore, useClass: PostgresRegistrationStore },
  { provide: ResourceRegistry, useClass: PostgresResourceRegistry },
  { provide: ClientOriginStore, useClass: PostgresClientOriginStore },
  { provide: ConsentStore, useClass: PostgresConsentStore },
  { provide: ResourceStore, useClass: PostgresResourceStore },
  {
    provide: CachedResourceStore,
    inject: [ResourceStore],
    useFactory: (record: ResourceStore) => new CachedResourceStore(record),
  },
  { provide: SigningKeyStore, useClass: PostgresSigningKeyStore },
  { provide: RegisteredAlgorithms, useClass: PostgresRegisteredAlgorithms },
  { provide: FactorStore, useClass: PostgresFactorStore },
  { provide: RememberedDeviceStore, useClass: PostgresRememberedDeviceStore },
  { provide: RecoveryCodeStore, useClass: PostgresRecoveryCodeStore },
  { provide: GrantRegistry, useClass: PostgresGrantRegistry },
  { provide: GrantStore, useClass: PostgresGrantStore },
  { provide: AllowedApplicationStore, useClass: PostgresAllowedApplicationStore },
  { provide: RevocationRecord, useClass: PostgresRevocationRecord },
  { provide: RevocationBacklog, useClass: PostgresRevocationBacklog },
  { provide: RevocationSignal, useClass: PostgresRevocationSignal },
  { provide: AuthorizationDetailsTypeStore, useClass: PostgresAuthorizationDetailsTypeStore },
  { provide: BootstrapStore, useClass: PostgresBootstrapStore },
  { provide: AccountRegistry, useClass: PostgresAccountRegistry },
  { provide: AccountStore, useClass: PostgresAccountStore },
  { provide: ProfileStore, useClass: PostgresProfileStore },
  { provide: EmailStore, useClass: PostgresEmailStore },
  { provide: AssuranceStore, useClass: PostgresAssuranceStore },
  { provide: AuditRecord, useClass: PostgresAuditRecord },
  { provide: SessionRegistry, useClass: PostgresSessionRegistry },
  { provide: SessionRecord, useClass: PostgresSessionRecord },
  { provide: SessionOutbox, useClass: PostgresSessionOutbox },
  { provide: SessionRevocationRecord, useClass: PostgresSessionRevocationRecord },
  { provide: LogoutDeliveryStore, useClass: PostgresLogoutDeliveryStore },
  { provide: RotationRecord, useClass: PostgresRotationRecord },
  { provide: GrantTermsStore, useClass: PostgresGrantTermsStore },
  { provide: RefreshKeyStore, useClass: PostgresRefreshKeyStore },
  { provide: PartnerStore, useClass: PostgresPartnerStore },
  { provide: UpstreamStore, useClass: PostgresUpstreamStore },
  { provide: UpstreamIdentityStore, useClass: PostgresUpstreamIdentityStore },
];

/** Hot state: Redis, or this process where no Redis is configured. */
const HOT_STATE = [
  hot(
    RevokedTokenStore,
    (redis) => new RedisRevokedTokenStore(redis),
    () => new MemoryRevokedTokenStore(),
  ),
  hot(
    SingleUseStore,
    (redis) => new RedisSingleUseStore(redis),
    () => new MemorySingleUseStore(),
  ),
  hot(
    SignInBrake,
    (redis) => new RedisSignInBrake(redis),
    () => new MemorySignInBrake(),
  ),
  hot(
    DeviceAuthorizationStore,
    (redis) => new RedisDeviceAuthorizationStore(redis),
    () => new MemoryDeviceAuthorizationStore(),
  ),
  hot(
    UserCodeBrake,
    (redis) => new RedisUserCodeBrake(redis),
    () => new MemoryUserCodeBrake(),
  ),
  hot(
    RequestRateStore,
    (redis) =>
      new ResilientRequestRateStore(new RedisRequestRateStore(redis), new MemoryRequestRateStore()),
    () => new MemoryRequestRateStore(),
  ),
  hot(
    InteractionStore,
    (redis) => new RedisInteractionStore(redis),
    () => new MemoryInteractionStore(),
  ),
  hot(
    SessionCopyStore,
    (redis) => new RedisSessionCopyStore(redis),
    () => new MemorySessionCopyStore(),
  ),
  {
    provide: RotationStore,
    inject: [RedisConnection, ServerCounts],
    useFactory: (redis: RedisConnection | null, counts: ServerCounts) =>
      new CountedRotationStore(
        redis === null ? new MemoryRotationStore() : new RedisRotationStore(redis),
        counts,
      ),
  },
  {
    // Nobody could read a stream of this process: there is none without Redis.
    provide: RevocationStream,
    inject: [RedisConnection],
    useFactory: (redis: RedisConnection | null) =>
      redis === null ? null : new RedisRevocationStream(redis),
  },
];

const CHECKS: Provider[] = [
  PostgresCheck,
  {
    provide: RedisCheck,
    inject: [RedisConnection],
    useFactory: (redis: RedisConnection | null) => new RedisCheck(redis),
  },
];

function hot<T>(
  provide: abstract new (...args: never[]) => T,
  onRedis: (redis: RedisConnection) => T,
  inProcess: () => T,
) {
  return {
    provide,
    inject: [RedisConnection],
    useFactory: (redis: RedisConnection | null) => (redis === null ? inProcess() : onRedis(redis)),
  };
}

/** Imported by every module that uses a port: so the databases open before it and close after it. */
@Module({
  imports: [PostgresModule, RedisModule, CountsModule],
  providers: [...RECORD, ...HOT_STATE, ...CHECKS],
  exports: [...RECORD, ...HOT_STATE, PostgresCheck, RedisCheck],
})
export class StorageModule {}
