/** Hands the metrics of the authorization server to whoever serves them. */
import { Injectable } from '@nestjs/common';
import { guardMetrics, Observability } from '@keyward/observability';
import { PasswordHasher } from '../account/password.hasher.js';
import { BufferedAuditTrail } from '../audit/buffered.audit-trail.js';
import { KeyRing } from '../keys/key.ring.js';
import { RequestLimits } from '../limits/request.limits.js';
import { FeedFollowers } from '../revocation/feed/feed.followers.js';
import { RevocationJournal } from '../revocation/feed/revocation.journal.js';
import { RevocationBacklog } from '../revocation/revocation.backlog.js';
import { RevocationRelay } from '../revocation/revocation.relay.js';
import { PostgresCheck } from '../storage/postgres/postgres.check.js';
import { PostgresDatabase } from '../storage/postgres/postgres.database.js';
import { RedisCheck } from '../storage/redis/redis.check.js';
import { keyMetrics } from './key.metrics.js';
import { limitMetrics } from './limit.metrics.js';
import { queueMetrics } from './queue.metrics.js';
import { ServerCounts } from './server.counts.js';
import { storeMetrics } from './store.metrics.js';

@Injectable()
export class ServerMetrics {
  constructor(
    observability: Observability,
    counts: ServerCounts,
    keys: KeyRing,
    database: PostgresDatabase,
    postgres: PostgresCheck,
    redis: RedisCheck,
    hasher: PasswordHasher,
    audit: BufferedAuditTrail,
    followers: FeedFollowers,
    journal: RevocationJournal,
    relay: RevocationRelay,
    backlog: RevocationBacklog,
    limits: RequestLimits,
  ) {
    observability.add([
      ...counts.metrics(),
      // Nothing but the administration is behind guards of the library here.
      ...guardMetrics(observability.counters),
      ...limitMetrics(limits),
      ...keyMetrics(keys),
      ...storeMetrics(redis.isUsed ? [postgres, redis] : [postgres], database),
      ...queueMetrics({ hasher, audit, followers, journal, relay, backlog }),
    ]);
  }
}
