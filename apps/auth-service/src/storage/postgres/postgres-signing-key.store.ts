/** Signing keys in PostgreSQL. */
import { Injectable } from '@nestjs/common';
import { type EntityManager, Not } from 'typeorm';
import { type StoredSigningKey } from '../../keys/signing-key.js';
import {
  type SigningKeyChanges,
  type SigningKeyEntry,
  SigningKeyStore,
  type StoredKeys,
} from '../../keys/signing-key.store.js';
import { ADVISORY_LOCKS } from './advisory.lock.js';
import { SigningKeyEntity } from './entities/signing-key.entity.js';
import { PostgresDatabase } from './postgres.database.js';
import { onPostgres } from './postgres.error.js';

const REVOKED = 'revoked';
const LISTED = {
  kid: true,
  algorithm: true,
  publicJwk: true,
  status: true,
  signer: true,
  signFrom: true,
  signUntil: true,
  createdAt: true,
} as const;
const NO_PRIVATE_HALF = { encryptedPrivateKey: null, signerKey: null };

@Injectable()
export class PostgresSigningKeyStore extends SigningKeyStore {
  constructor(private readonly database: PostgresDatabase) {
    super();
  }

  find(): Promise<StoredKeys> {
    return onPostgres(() => find(this.database.manager));
  }

  list(): Promise<readonly SigningKeyEntry[]> {
    return onPostgres(() =>
      this.database.manager.find(SigningKeyEntity, {
        select: LISTED,
        order: { createdAt: 'ASC', kid: 'ASC' },
      }),
    );
  }

  change(
    decide: (keys: StoredKeys) => Promise<SigningKeyChanges>,
    contention: 'wait' | 'skip',
  ): Promise<boolean> {
    return onPostgres(() =>
      this.database.manager.transaction(async (manager) => {
        if (!(await lock(manager, contention))) return false;
        const { updates, added, encrypted = [] } = await decide(await find(manager));
        for (const { kid, ...halves } of encrypted) {
          await manager.update(SigningKeyEntity, { kid, status: Not(REVOKED) }, halves);
        }
        // Ends come before beginnings: an algorithm has one active key at every moment.
        for (const { kid, ...update } of updates.toSorted(activeLast)) {
          const destroyed = update.status === 'gone' ? NO_PRIVATE_HALF : {};
          // Revoking takes no lock, and has the last word.
          const row = { kid, status: Not(REVOKED) };
          await manager.update(SigningKeyEntity, row, { ...update, ...destroyed });
        }
        for (const key of added) await manager.insert(SigningKeyEntity, key);
        return true;
      }),
    );
  }
}

async function lock(manager: EntityManager, contention: 'wait' | 'skip'): Promise<boolean> {
  const key = [ADVISORY_LOCKS.signingKeys];
  if (contention === 'wait') {
    await manager.query('SELECT pg_advisory_xact_lock($1)', key);
    return true;
  }
  const rows = await manager.query<{ isOurs: boolean }[]>(
    'SELECT pg_try_advisory_xact_lock($1) AS "isOurs"',
    key,
  );
  return rows[0]?.isOurs === true;
}

async function find(manager: EntityManager): Promise<StoredKeys> {
  const rows = await manager.find(SigningKeyEntity, {
    where: { status: Not(REVOKED) },
    order: { kid: 'ASC' },
  });
  const [time] = await manager.query<{ now: Date }[]>('SELECT clock_timestamp() AS now');
  return {
    now: time?.now ?? new Date(NaN),
    published: rows.filter(isPublished),
    gone: rows.filter(({ status }) => status === 'gone'),
  };
}

function isPublished(row: SigningKeyEntity): row is SigningKeyEntity & StoredSigningKey {
  return row.status !== 'gone';
}

function activeLast(a: { status: string }, b: { status: string }): number {
  return Number(a.status === 'active') - Number(b.status === 'active');
}
