/** The terms of grants, remembered: they never change, and a refresh must not wait for PostgreSQL. */
import { Injectable } from '@nestjs/common';
import { type Grant } from '../grant/grant.js';
import { formatTerms, type GrantTerms, GrantTermsStore } from './grant-terms.store.js';

/** Most combinations that are remembered; beyond, the one that was used longest ago goes. */
export const MAX_REMEMBERED_TERMS = 10_000;

/**
 * How long an id is given to new grants without asking: far shorter than the time after which unused
 * terms are removed. Terms themselves are remembered for good, as a grant in force keeps its own.
 */
export const ID_SECONDS = 3600;

@Injectable()
export class GrantTermsCache {
  private readonly termsById = new Map<number, GrantTerms>();
  private readonly idByText = new Map<string, { readonly id: number; readonly atMs: number }>();

  constructor(private readonly store: GrantTermsStore) {}

  /** @throws TemporarilyUnavailableError where an id has to be given and cannot */
  async idOf(grant: Grant): Promise<number> {
    const { scope, resources, acr, amr, authorizationDetails } = grant;
    const terms = { scope, resources, acr, amr, authorizationDetails };
    const text = formatTerms(terms);
    const known = this.idByText.get(text);
    if (known !== undefined && performance.now() - known.atMs < ID_SECONDS * 1000) {
      return touch(this.idByText, text, known).id;
    }
    const id = await this.store.idOf(terms);
    touch(this.termsById, id, terms);
    return touch(this.idByText, text, { id, atMs: performance.now() }).id;
  }

  /**
   * @throws TemporarilyUnavailableError where they are not remembered and cannot be read
   * @throws Error for an id that was never given: the record was tampered with
   */
  async find(id: number): Promise<GrantTerms> {
    const known = this.termsById.get(id);
    if (known !== undefined) return touch(this.termsById, id, known);
    const found = await this.store.find(id);
    if (found === null) throw new Error(`there are no grant terms of id ${id}`);
    return touch(this.termsById, id, found);
  }
}

/** Puts an entry behind all others and drops the first one where there are too many. */
function touch<K, V>(map: Map<K, V>, key: K, value: V): V {
  map.delete(key);
  map.set(key, value);
  const first = map.keys().next();
  if (map.size > MAX_REMEMBERED_TERMS && first.done !== true) map.delete(first.value);
  return value;
}
