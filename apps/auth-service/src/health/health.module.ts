/** Liveness and readiness. */
import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { LifecycleModule } from '../lifecycle/lifecycle.module.js';
import { StorageModule } from '../storage/storage.module.js';
import { KeysModule } from '../keys/keys.module.js';
import { PostgresCheck } from '../storage/postgres/postgres.check.js';
import { RedisCheck } from '../storage/redis/redis.check.js';
import { HealthController } from './health.controller.js';
import { READINESS_CHECKS, type ReadinessCheck } from './readiness.check.js';
import { ServingCheck } from './serving.check.js';
import { SigningKeyCheck } from './signing-key.check.js';

@Module({
  imports: [StorageModule, TerminusModule.forRoot({ logger: false }), KeysModule, LifecycleModule],
  controllers: [HealthController],
  providers: [
    SigningKeyCheck,
    ServingCheck,
    {
      provide: READINESS_CHECKS,
      inject: [PostgresCheck, RedisCheck, SigningKeyCheck, ServingCheck],
      useFactory: (...checks: ReadinessCheck[]) => checks,
    },
  ],
})
export class HealthModule {}
