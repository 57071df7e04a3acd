/** Every fault, in the order in which they happen. */
import { authServiceDown } from './auth-service-down.fault.js';
import { authServiceKilled } from './auth-service-killed.fault.js';
import { authServiceStopped } from './auth-service-stopped.fault.js';
import { calm } from './calm.fault.js';
import { clockAuthService } from './clock-auth-service.fault.js';
import { clockResourceServer } from './clock-resource-server.fault.js';
import { type Fault } from './fault.js';
import { feedCut } from './feed-cut.fault.js';
import { keys500 } from './keys-500.fault.js';
import { keysEmpty } from './keys-empty.fault.js';
import { keysHuge } from './keys-huge.fault.js';
import { keysStalled } from './keys-stalled.fault.js';
import { keysTruncated } from './keys-truncated.fault.js';
import { keysWrong } from './keys-wrong.fault.js';
import { networkReset } from './network-reset.fault.js';
import { networkSilent } from './network-silent.fault.js';
import { postgresConnections } from './postgres-connections.fault.js';
import { postgresPaused } from './postgres-paused.fault.js';
import { postgresReadOnly } from './postgres-read-only.fault.js';
import { postgresRestarted } from './postgres-restarted.fault.js';
import { postgresSlow } from './postgres-slow.fault.js';
import { redisDiskFull } from './redis-disk-full.fault.js';
import { redisFailover } from './redis-failover.fault.js';
import { redisFlushed } from './redis-flushed.fault.js';
import { redisFull } from './redis-full.fault.js';
import { redisKilled } from './redis-killed.fault.js';
import { redisPaused } from './redis-paused.fault.js';
import { redisSlow } from './redis-slow.fault.js';
import { redisUnreachable } from './redis-unreachable.fault.js';

export const FAULTS: readonly Fault[] = [
  calm,
  redisKilled,
  redisPaused,
  redisUnreachable,
  redisFlushed,
  redisFull,
  redisSlow,
  redisDiskFull,
  redisFailover,
  postgresRestarted,
  postgresPaused,
  postgresSlow,
  postgresConnections,
  postgresReadOnly,
  authServiceStopped,
  authServiceKilled,
  authServiceDown,
  keysStalled,
  keysTruncated,
  keys500,
  keysWrong,
  keysEmpty,
  keysHuge,
  // First of the three: after an outage a resource server leaves introspection alone for up to a minute.
  feedCut,
  networkSilent,
  networkReset,
  clockAuthService,
  clockResourceServer,
];
