/** Pushed authorization requests, until the response to each is made (RFC 9126). */
import { createHash, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { INTERACTION_SECONDS } from '../interaction/interaction.store.js';
import { SingleUseStore } from '../single-use/single-use.store.js';
import { type AuthorizationRequest } from './authorization-request.js';

/** What every request_uri of this server begins with (RFC 9126 section 2.2). */
export const REQUEST_URI_PREFIX = 'urn:ietf:params:oauth:request_uri:';

/** How long a pushed request can be started. */
export const PUSHED_REQUEST_SECONDS = 90;

// Whoever began in time may take their time: the response claims the record.
const RECORD_SECONDS = PUSHED_REQUEST_SECONDS + INTERACTION_SECONDS;

const RANDOM_BYTES = 32;

interface PushedRequest {
  readonly request: AuthorizationRequest;
  readonly startBeforeMs: number;
}

@Injectable()
export class PushedRequestStore {
  constructor(private readonly singleUse: SingleUseStore) {}

  /**
   * @returns the request_uri, which nobody can guess (RFC 9126 section 7.1)
   * @throws TemporarilyUnavailableError where the store cannot be reached
   */
  async push(request: AuthorizationRequest): Promise<string> {
    const requestUri = `${REQUEST_URI_PREFIX}${randomBytes(RANDOM_BYTES).toString('base64url')}`;
    const pushed: PushedRequest = {
      request: { ...request, requestUri },
      startBeforeMs: Date.now() + PUSHED_REQUEST_SECONDS * 1000,
    };
    const entry = { value: JSON.stringify(pushed), binding: request.clientId };
    await this.singleUse.put(keyOf(requestUri), entry, RECORD_SECONDS);
    return requestUri;
  }

  /**
   * A request that may still be started; starting does not use it up, so that a page can be loaded
   * again.
   * @returns null for one that is unknown, too old, answered, or another client's
   * @throws TemporarilyUnavailableError where the store cannot be reached
   */
  async find(requestUri: string, clientId: string | null): Promise<AuthorizationRequest | null> {
    const value = await this.singleUse.peek(keyOf(requestUri));
    if (value === null) return null;
    const { request, startBeforeMs } = JSON.parse(value) as PushedRequest;
    return request.clientId === clientId && startBeforeMs > Date.now() ? request : null;
  }

  /**
   * Uses the request up.
   * @returns whether this caller, and no other, answers it
   * @throws TemporarilyUnavailableError where the store cannot be reached
   */
  async claim(requestUri: string, clientId: string): Promise<boolean> {
    const { outcome } = await this.singleUse.claim(keyOf(requestUri), clientId);
    return outcome === 'claimed';
  }
}

function keyOf(requestUri: string): string {
  return `par:${createHash('sha256').update(requestUri).digest('base64url')}`;
}
