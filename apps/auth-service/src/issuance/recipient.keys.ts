/** Finds the key that a resource's or a client's tokens are encrypted to. */
import { Injectable } from '@nestjs/common';
import { type KeyManagementAlgorithm, TemporarilyUnavailableError } from '@keyward/oauth';
import { type JSONWebKeySet } from 'jose';
import { OutboundClient } from '../outbound/outbound.client.js';
import { type RecipientKey, selectRecipientKey } from './recipient.key.js';
import { RecipientKeyUnavailableError, RemoteRecipientKey } from './remote-recipient.key.js';

/** Where a recipient registered its keys: one of the two. */
export interface RecipientKeySource {
  readonly alg: KeyManagementAlgorithm;
  readonly jwks: JSONWebKeySet | null;
  readonly jwksUri: string | null;
}

@Injectable()
export class RecipientKeys {
  /** By a set as the record gave it, which is read anew every few seconds. */
  private readonly imported = new WeakMap<JSONWebKeySet, RecipientKey>();
  /** As many as are registered. */
  private readonly remote = new Map<string, RemoteRecipientKey>();

  constructor(private readonly outbound: OutboundClient) {}

  /** @throws TemporarilyUnavailableError where the key cannot be fetched: then nothing is encrypted */
  async find({ alg, jwks, jwksUri }: RecipientKeySource): Promise<RecipientKey> {
    if (jwks !== null) {
      let key = this.imported.get(jwks);
      if (key === undefined) {
        key = selectRecipientKey(jwks.keys, alg);
        this.imported.set(jwks, key);
      }
      return key;
    }
    if (jwksUri === null) throw new TypeError('a recipient has neither jwks nor jwks_uri');
    const name = `${alg} ${jwksUri}`;
    let remote = this.remote.get(name);
    if (remote === undefined) {
      remote = new RemoteRecipientKey(jwksUri, alg, this.outbound.fetch);
      this.remote.set(name, remote);
    }
    try {
      return await remote.find();
    } catch (error) {
      if (!(error instanceof RecipientKeyUnavailableError)) throw error;
      throw new TemporarilyUnavailableError(
        'the key that the token is to be encrypted to cannot be fetched',
        error.message,
        error.retryAfterSeconds,
        { cause: error },
      );
    }
  }
}
