/** Table `revocation`: what was revoked, until it has expired anyway. */
import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';

/** What a revocation names: one token, one sign-in, a client's older tokens, or a signing key. */
export type RevocationKind = 'jti' | 'grant' | 'client' | 'kid';

@Entity('revocation')
export class RevocationEntity {
  @PrimaryColumn({ type: 'text' })
  kind: RevocationKind;

  @PrimaryColumn({ type: 'text' })
  value: string;

  @Column({ type: 'text' })
  reason: string;

  @Column({ name: 'expires_at', type: 'timestamptz' })
  expiresAt: Date;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt: Date;

  @Column({ name: 'relayed_at', type: 'timestamptz', nullable: true })
  relayedAt: Date | null;
}
