/** Remembers types of authorization details for a moment, each with its schema compiled. */
import { Injectable } from '@nestjs/common';
import { RecordCache } from '../record/record.cache.js';
import { AuthorizationDetailsTypeStore } from './authorization-details-type.store.js';
import { type AuthorizationDetailsType } from './authorization-details-type.js';
import { compileDetailsSchema, type DetailsSchema } from './authorization-details.schema.js';

/** A type, ready to check elements. */
export interface CompiledType extends AuthorizationDetailsType {
  readonly check: DetailsSchema;
}

@Injectable()
export class CachedAuthorizationDetailsTypes {
  private readonly cache: RecordCache<AuthorizationDetailsType | null>;
  /** Compiling takes milliseconds: once for each text of a schema. */
  private readonly compiled = new Map<string, { text: string; check: DetailsSchema }>();

  constructor(store: AuthorizationDetailsTypeStore) {
    this.cache = new RecordCache<AuthorizationDetailsType | null>(
      async (type) => (await store.findNamed([type]))[0] ?? null,
      (type) => type === null,
    );
  }

  /**
   * @returns null for a type that was never declared
   * @throws TemporarilyUnavailableError where the record cannot be read
   */
  async find(type: string): Promise<CompiledType | null> {
    const found = await this.cache.find(type);
    return found && { ...found, check: this.schemaOf(found) };
  }

  private schemaOf({ type, schema }: AuthorizationDetailsType): DetailsSchema {
    const text = JSON.stringify(schema);
    const known = this.compiled.get(type);
    if (known?.text === text) return known.check;
    const check = compileDetailsSchema(schema);
    this.compiled.set(type, { text, check });
    return check;
  }
}
