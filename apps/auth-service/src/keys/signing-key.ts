/** A signing key at rest and in use. */
import { type KeyObject } from 'node:crypto';
import { type VerificationKey } from '@keyward/auth';
import { type JWK } from 'jose';
import { type SigningAlgorithm } from '../config/environment.schema.js';

/** Where a key is in its life: published, signing, verifying only, or worthless. */
export type SigningKeyStatus = 'pending' | 'active' | 'retired' | 'revoked';

/** A key as it is stored: the private part only encrypted. */
export interface StoredSigningKey {
  /** RFC 7638 thumbprint of the public part. */
  readonly kid: string;
  readonly algorithm: SigningAlgorithm;
  readonly publicJwk: JWK;
  readonly encryptedPrivateKey: Buffer;
  /** Which key encryption key {@link encryptedPrivateKey} needs. */
  readonly keyVersion: number;
  readonly status: SigningKeyStatus;
  /** The planned time of signing; no end where no successor is planned yet. */
  readonly signFrom: Date;
  readonly signUntil: Date | null;
}

/** A key in memory. Its KeyObjects are made once, never per token. */
export interface SigningKey {
  readonly kid: string;
  readonly algorithm: SigningAlgorithm;
  readonly publicJwk: JWK;
  readonly publicKey: KeyObject;
  /** The public part as the strict check of access tokens takes it; null for a key of another algorithm. */
  readonly verificationKey: VerificationKey | null;
  readonly privateKey: KeyObject;
  readonly status: SigningKeyStatus;
  readonly signFrom: Date;
  readonly signUntil: Date | null;
}
