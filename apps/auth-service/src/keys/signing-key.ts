/** A signing key at rest and in use. */
import { type KeyObject } from 'node:crypto';
import { type VerificationKey } from '@keyward/auth';
import { type JWK } from 'jose';
import { type SigningAlgorithm } from '../config/environment.schema.js';

/** Where a key is on its way through the JWK Set: waiting to sign, signing, verifying only. */
export type PublishedKeyStatus = 'pending' | 'active' | 'retired';

/** A key's whole life: at its end it is out of the JWK Set (`gone`), or `revoked` before. */
export type SigningKeyStatus = PublishedKeyStatus | 'gone' | 'revoked';

/** What a stored and a usable key have in common. */
interface SigningKeyFacts {
  /** RFC 7638 thumbprint of the public part. */
  readonly kid: string;
  readonly algorithm: SigningAlgorithm;
  readonly publicJwk: JWK;
  readonly status: PublishedKeyStatus;
  /**
   * When it signs, from here up to {@link signUntil}, as planned. The plan counts, not the status: so
   * replicas change over at one moment and without asking anyone.
   */
  readonly signFrom: Date;
  /** Null for a key of before there was a plan. */
  readonly signUntil: Date | null;
  /** Since when it is published. */
  readonly createdAt: Date;
}

/** A published key as it is stored: the private part only encrypted. */
export interface StoredSigningKey extends SigningKeyFacts {
  readonly encryptedPrivateKey: Buffer;
  /** Which key encryption key {@link encryptedPrivateKey} needs. */
  readonly keyVersion: number;
}

/** A key in memory. Its KeyObjects are made once, never per token. */
export interface SigningKey extends SigningKeyFacts {
  readonly publicKey: KeyObject;
  /** The public part as the strict check of access tokens takes it; null for a key of another algorithm. */
  readonly verificationKey: VerificationKey | null;
  readonly privateKey: KeyObject;
}

/** What is left of a key that has left the JWK Set: enough to recognise an old ID token. */
export type GoneSigningKey = Pick<SigningKeyFacts, 'kid' | 'algorithm' | 'publicJwk'>;

/** The planned times of a key. */
export type SigningPlan = Pick<SigningKeyFacts, 'status' | 'signFrom' | 'signUntil'>;
