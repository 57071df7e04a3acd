/** Table `revocation`: what was revoked, until it has expired anyway. */
import { type RevocationKind } from '@keyward/oauth';
import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';

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

  /** Seconds; a bigint comes as text. */
  @Column({ name: 'iat_before', type: 'bigint', nullable: true })
  iatBefore: string | null;

  @Column({ type: 'text', array: true, nullable: true })
  audiences: string[] | null;

  /** Given by the relay. */
  @Column({ type: 'bigint', nullable: true, unique: true })
  position: string | null;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt: Date;

  @Column({ name: 'relayed_at', type: 'timestamptz', nullable: true })
  relayedAt: Date | null;
}
