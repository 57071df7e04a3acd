/** Table `oauth_grant`: what resource owners allowed clients (`grant` is a word of SQL). */
import { type AuthorizationDetail } from '@keyward/oauth';
import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('oauth_grant')
export class GrantEntity {
  @PrimaryColumn({ name: 'grant_id', type: 'uuid' })
  grantId: string;

  @Column({ name: 'account_id', type: 'uuid' })
  accountId: string;

  @Column({ name: 'client_id', type: 'text' })
  clientId: string;

  @Column({ type: 'uuid' })
  sid: string;

  @Column({ type: 'text', array: true })
  scope: string[];

  @Column({ type: 'text', array: true })
  resources: string[];

  @Column({ name: 'authorization_details', type: 'jsonb' })
  authorizationDetails: AuthorizationDetail[];

  @Column({ name: 'authenticated_at', type: 'timestamptz' })
  authenticatedAt: Date;

  @Column({ type: 'text' })
  acr: string;

  @Column({ type: 'text', array: true })
  amr: string[];

  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt: Date;

  @Column({ name: 'expires_at', type: 'timestamptz' })
  expiresAt: Date;

  @Column({ name: 'revoked_at', type: 'timestamptz', nullable: true })
  revokedAt: Date | null;

  @Column({ name: 'revocation_reason', type: 'text', nullable: true })
  revocationReason: string | null;

  @Column({ name: 'revoked_by', type: 'text', nullable: true })
  revokedBy: string | null;
}
