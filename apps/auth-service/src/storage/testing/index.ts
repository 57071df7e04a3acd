/** What tests of other projects use of this one: its servers and its storage, never the application itself. */
export { DpopKey, type ProofChange } from '../../testing/dpop.fixture.js';
export { SmtpSink } from '../../testing/smtp.sink.js';
export { FaultProxy } from '../../testing/fault-proxy.js';
export { removeDataDirectory } from '../postgres/embedded/data-directory-removal.js';
export { EmbeddedPostgresServer } from '../postgres/embedded/embedded-postgres-server.js';
export { describeWithRedis, type RedisAccess } from './describe-with-redis.js';
export { freeLoopbackPort } from './free-loopback-port.js';
export { LineageFleet } from './lineage-fleet.js';
export { command } from './redis-test-deployment.js';
export { RedisTestServer, type RedisTestServerOptions } from './redis-test-server.js';
export { createTestDatabase, type TestDatabase } from './test-database.js';
// The table of rotation, which the exhaustive model is held against.
export { type HotLineage } from '../../refresh-token/lineage.js';
export { decideRotation } from '../../refresh-token/rotation.decision.js';
export {
  CertificateAuthority,
  certificateJwk,
  selfSigned,
  type TestCertificate,
} from '../../testing/certificate.authority.js';
