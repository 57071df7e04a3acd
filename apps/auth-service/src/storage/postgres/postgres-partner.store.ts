/** Partners in PostgreSQL. */
import { Injectable } from '@nestjs/common';
import { type Partner } from '../../partner/partner.js';
import { PartnerStore } from '../../partner/partner.store.js';
import { PartnerEntity } from './entities/partner.entity.js';
import { PostgresDatabase } from './postgres.database.js';
import { onPostgres } from './postgres.error.js';

@Injectable()
export class PostgresPartnerStore extends PartnerStore {
  constructor(private readonly database: PostgresDatabase) {
    super();
  }

  async find(issuer: string): Promise<Partner | null> {
    // PostgreSQL holds no such text, and refuses to be asked for it.
    if (issuer.includes('\0')) return null;
    return onPostgres(() => this.database.manager.findOneBy(PartnerEntity, { issuer }));
  }
}
