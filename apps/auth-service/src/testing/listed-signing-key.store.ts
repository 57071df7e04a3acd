/** Signing keys in a list, for tests of what reads and plans them. */
import { type SigningKeyStatus, type StoredSigningKey } from '../keys/signing-key.js';
import {
  type SigningKeyChanges,
  type SigningKeyEntry,
  SigningKeyStore,
  type StoredKeys,
} from '../keys/signing-key.store.js';

/** A key of any status. */
export type ListedSigningKey = Omit<StoredSigningKey, 'status'> & { status: SigningKeyStatus };

export class ListedSigningKeyStore extends SigningKeyStore {
  keys: ListedSigningKey[] = [];

  /** @param nowMs the store's own time */
  constructor(private readonly nowMs: () => number = Date.now) {
    super();
  }

  async find(): Promise<StoredKeys> {
    return {
      now: new Date(this.nowMs()),
      published: this.keys.filter(isPublished),
      gone: this.keys.filter(({ status }) => status === 'gone'),
    };
  }

  async list(): Promise<readonly SigningKeyEntry[]> {
    return this.keys;
  }

  async change(decide: (keys: StoredKeys) => Promise<SigningKeyChanges>): Promise<boolean> {
    const { updates, added, encrypted = [] } = await decide(await this.find());
    this.keys = this.keys.map((key) => ({
      ...key,
      ...encrypted.find(({ kid }) => kid === key.kid),
      ...updates.find(({ kid }) => kid === key.kid),
    }));
    this.keys.push(...added);
    return true;
  }
}

function isPublished(key: ListedSigningKey): key is StoredSigningKey {
  return key.status !== 'gone' && key.status !== 'revoked';
}
