/** Table `signing_key`: signing keys, the private half only encrypted. */
import { type JWK } from 'jose';
import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';
import { type SigningAlgorithm } from '../../../config/environment.schema.js';
import { type SignerName } from '../../../config/signing-key.variables.js';
import { type SigningKeyStatus } from '../../../keys/signing-key.js';

@Entity('signing_key')
export class SigningKeyEntity {
  @PrimaryColumn({ type: 'text' })
  kid: string;

  @Column({ type: 'text' })
  algorithm: SigningAlgorithm;

  @Column({ name: 'public_jwk', type: 'jsonb' })
  publicJwk: JWK;

  @Column({ type: 'text' })
  signer: SignerName;

  /** Null where the row itself holds the private half, and for a key that is gone. */
  @Column({ name: 'signer_key', type: 'text', nullable: true })
  signerKey: string | null;

  /** Null where a signer holds it, and for a key that is gone. */
  @Column({ name: 'encrypted_private_key', type: 'bytea', nullable: true })
  encryptedPrivateKey: Buffer | null;

  @Column({ name: 'key_version', type: 'integer' })
  keyVersion: number;

  @Column({ type: 'text' })
  status: SigningKeyStatus;

  @Column({ name: 'sign_from', type: 'timestamptz' })
  signFrom: Date;

  @Column({ name: 'sign_until', type: 'timestamptz', nullable: true })
  signUntil: Date | null;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt: Date;
}
