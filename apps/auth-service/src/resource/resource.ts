/** A protected resource: what a token can be meant for, and the scopes that it understands. */

import { type JSONWebKeySet } from 'jose';
import { type JweAlgorithms } from '../client/client.js';

/** How access tokens for a resource are encrypted, and where its keys are: one of the two. */
export interface ResourceEncryption extends JweAlgorithms {
  readonly jwks: JSONWebKeySet | null;
  readonly jwksUri: string | null;
}

/** A resource server's identity and scopes (RFC 8707 section 2). */
export interface Resource {
  /** Absolute URI without fragment; the `aud` of tokens for it, compared exactly. */
  readonly identifier: string;
  readonly name: string;
  readonly scopes: readonly string[];
  /** What signs its access tokens; null: what signs the server's. */
  readonly signingAlgorithm: string | null;
  /** Null: its access tokens are signed alone. */
  readonly encryption: ResourceEncryption | null;
}
