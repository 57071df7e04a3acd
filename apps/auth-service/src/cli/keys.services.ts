/** The services that work on signing keys, put together for a command line: without a server. */
import { BufferedAuditTrail } from '../audit/buffered.audit-trail.js';
import { signingKeyConfig } from '../config/signing-key.config.js';
import { storageConfig } from '../config/storage.config.js';
import { tokenConfig } from '../config/token.config.js';
import { loadDevelopmentKey } from '../keys/development-key.file.js';
import { EnvironmentKeyEncryption } from '../keys/environment.key-encryption.js';
import { KeyAudit } from '../keys/key.audit.js';
import { KeyImport } from '../keys/key.import.js';
import { KeyRotation } from '../keys/key.rotation.js';
import { KeyTimes } from '../keys/key.times.js';
import { KeyWork } from '../keys/key.work.js';
import { RowSigner } from '../keys/row.signer.js';
import { configuredSigners } from '../keys/signers.js';
import { type SigningKeyStore } from '../keys/signing-key.store.js';
import { SigningKeyVault } from '../keys/signing-key.vault.js';
import { socketSignerOf } from '../keys/socket.signer.js';
import { KeyRevocation } from '../revocation/key.revocation.js';
import { PostgresAuditRecord } from '../storage/postgres/postgres-audit.record.js';
import { PostgresRegisteredAlgorithms } from '../storage/postgres/postgres-registered.algorithms.js';
import { PostgresRevocationRecord } from '../storage/postgres/postgres-revocation.record.js';
import { PostgresSigningKeyStore } from '../storage/postgres/postgres-signing-key.store.js';
import { PostgresDatabase } from '../storage/postgres/postgres.database.js';

/** As the modules join them; nothing runs by itself here. */
export interface KeyServices {
  readonly store: SigningKeyStore;
  readonly rotation: KeyRotation;
  readonly import: KeyImport;
  readonly revocation: KeyRevocation;
}

/**
 * Does `work` with the configuration of the process's environment, and writes what it audits.
 * @throws StartupError where PostgreSQL cannot be used
 */
export async function withKeyServices<T>(work: (keys: KeyServices) => Promise<T>): Promise<T> {
  const [token, times] = [tokenConfig(), signingKeyConfig()];
  const database = new PostgresDatabase(storageConfig());
  const trail = new BufferedAuditTrail(new PostgresAuditRecord(database));
  const socket = socketSignerOf(times);
  try {
    await database.openAsItIs();
    const rows = new RowSigner(
      new EnvironmentKeyEncryption(
        token.keyEncryptionKeys ?? new Map([[1, loadDevelopmentKey(token.dataDirectory)]]),
      ),
    );
    const store = new PostgresSigningKeyStore(database);
    const signers = configuredSigners(rows, socket, times);
    const vault = new SigningKeyVault(signers);
    const audit = new KeyAudit(trail);
    const policy = new KeyTimes(times);
    const keyWork = new KeyWork(vault, rows, signers);
    const registered = new PostgresRegisteredAlgorithms(database);
    const rotation = new KeyRotation(store, registered, keyWork, audit, policy, token);
    return await work({
      store,
      rotation,
      import: new KeyImport(store, vault, rows, rotation, policy, audit),
      revocation: new KeyRevocation(new PostgresRevocationRecord(database), trail),
    });
  } finally {
    await trail.onApplicationShutdown();
    socket?.onApplicationShutdown();
    await database.onApplicationShutdown();
  }
}
