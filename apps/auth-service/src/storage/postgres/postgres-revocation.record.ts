/** The record of revocations in PostgreSQL. */
import { Injectable } from '@nestjs/common';
import { In, IsNull, LessThanOrEqual, MoreThan } from 'typeorm';
import { RevocationRecord, type TokenRevocation } from '../../revocation/revocation.record.js';
import { RevocationEntity } from './entities/revocation.entity.js';
import { PostgresDatabase } from './postgres.database.js';
import { onPostgres } from './postgres.error.js';

const KIND = 'jti';
const PAGE_SIZE = 5000;

@Injectable()
export class PostgresRevocationRecord extends RevocationRecord {
  constructor(private readonly database: PostgresDatabase) {
    super();
  }

  async revokeToken(jti: string, expiresAt: Date, reason: string): Promise<void> {
    await onPostgres(() =>
      this.database.manager
        .createQueryBuilder()
        .insert()
        .into(RevocationEntity)
        .values({ kind: KIND, value: jti, expiresAt, reason })
        .orIgnore()
        .execute(),
    );
  }

  findUnrelayed(limit: number): Promise<readonly TokenRevocation[]> {
    return onPostgres(async () => {
      const rows = await this.database.manager.find(RevocationEntity, {
        where: { kind: KIND, relayedAt: IsNull(), expiresAt: MoreThan(new Date()) },
        order: { createdAt: 'ASC' },
        take: limit,
      });
      return rows.map(toRevocation);
    });
  }

  async markRelayed(jtis: readonly string[]): Promise<void> {
    await onPostgres(() =>
      this.database.manager.update(
        RevocationEntity,
        { kind: KIND, value: In([...jtis]), relayedAt: IsNull() },
        { relayedAt: new Date() },
      ),
    );
  }

  async *findUnexpired(): AsyncIterable<readonly TokenRevocation[]> {
    // Paged by key: a page never shifts when rows come and go. A row that comes late is written to
    // the hot store by whoever recorded it.
    let after = '';
    for (;;) {
      const rows = await onPostgres(() =>
        this.database.manager.find(RevocationEntity, {
          where: { kind: KIND, value: MoreThan(after), expiresAt: MoreThan(new Date()) },
          order: { value: 'ASC' },
          take: PAGE_SIZE,
        }),
      );
      yield rows.map(toRevocation);
      const last = rows.at(-1);
      if (last === undefined || rows.length < PAGE_SIZE) return;
      after = last.value;
    }
  }

  async deleteExpired(): Promise<void> {
    await onPostgres(() =>
      this.database.manager.delete(RevocationEntity, { expiresAt: LessThanOrEqual(new Date()) }),
    );
  }
}

function toRevocation({ value, expiresAt }: RevocationEntity): TokenRevocation {
  return { jti: value, expiresAt };
}
