/** Signing keys in PostgreSQL. */
import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { type SigningAlgorithm } from '../../config/environment.schema.js';
import { type StoredSigningKey } from '../../keys/signing-key.js';
import { SigningKeyStore } from '../../keys/signing-key.store.js';
import { ADVISORY_LOCKS } from './advisory.lock.js';
import { SigningKeyEntity } from './entities/signing-key.entity.js';
import { PostgresDatabase } from './postgres.database.js';
import { onPostgres } from './postgres.error.js';

@Injectable()
export class PostgresSigningKeyStore extends SigningKeyStore {
  constructor(private readonly database: PostgresDatabase) {
    super();
  }

  ensureActive(
    algorithm: SigningAlgorithm,
    generate: () => Promise<StoredSigningKey>,
  ): Promise<void> {
    return onPostgres(() =>
      this.database.manager.transaction(async (manager) => {
        await manager.query('SELECT pg_advisory_xact_lock($1)', [ADVISORY_LOCKS.signingKeys]);
        const exists = await manager.existsBy(SigningKeyEntity, { algorithm, status: 'active' });
        if (!exists) await manager.insert(SigningKeyEntity, await generate());
      }),
    );
  }

  findPublished(): Promise<readonly StoredSigningKey[]> {
    return onPostgres(() =>
      this.database.manager.find(SigningKeyEntity, {
        where: { status: In(['pending', 'active', 'retired']) },
        order: { kid: 'ASC' },
      }),
    );
  }
}
