/** A signing key at rest and in use. */
import { type KeyObject } from 'node:crypto';
import { type VerificationKey } from '@keyward/auth';
import { type JWK } from 'jose';
import { type SigningAlgorithm } from '../config/environment.schema.js';
import { type SignerName } from '../config/signing-key.variables.js';

/** Where a key is on its way through the JWK Set: waiting to sign, signing, verifying only. */
export type PublishedKeyStatus = 'pending' | 'active' | 'retired';

/** A key's whole life: at its end it is out of the JWK Set (`gone`), or `revoked` before. */
export type SigningKeyStatus = PublishedKeyStatus | 'gone' | 'revoked';

/** What a stored and a usable key have in common. */
interface SigningKeyFacts {
  /** RFC 7638 thumbprint of the public part; an imported key may bear the name that its tokens have. */
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

/** What a row says of the private half. */
export interface HeldPrivateKey {
  readonly signer: SignerName;
  /** What a signer outside of this process calls the key; null where the row itself holds it. */
  readonly signerKey: string | null;
  /** Null where another signer than the row holds it. */
  readonly encryptedPrivateKey: Buffer | null;
  /** Which key encryption key {@link encryptedPrivateKey} needs; 0 where there is none. */
  readonly keyVersion: number;
}

/** A published key as it is stored: the private part only encrypted, or elsewhere. */
export interface StoredSigningKey extends SigningKeyFacts, HeldPrivateKey {}

/** A key in memory. Its KeyObjects are made once, never per token. */
export interface SigningKey extends SigningKeyFacts {
  readonly publicKey: KeyObject;
  /** The public part as the strict check of access tokens takes it; null for a key of another algorithm. */
  readonly verificationKey: VerificationKey | null;
  /**
   * Signs by the private half, which is nowhere else to be had.
   * @throws TemporarilyUnavailableError where its signer does not answer
   */
  readonly sign: (data: Buffer) => Promise<Buffer>;
}

/** What is left of a key that has left the JWK Set: enough to recognise an old ID token. */
export type GoneSigningKey = Pick<SigningKeyFacts, 'kid' | 'algorithm' | 'publicJwk'>;

/** The planned times of a key. */
export type SigningPlan = Pick<SigningKeyFacts, 'status' | 'signFrom' | 'signUntil'>;
