/** Table `partner`: issuers whose assertions are worth a token. */
import { type AsymmetricAlgorithm } from '@keyward/oauth';
import { type JSONWebKeySet } from 'jose';
import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('partner')
export class PartnerEntity {
  @PrimaryColumn({ type: 'text' })
  issuer: string;

  @Column({ name: 'partner_id', type: 'text' })
  partnerId: string;

  @Column({ type: 'jsonb', nullable: true })
  jwks: JSONWebKeySet | null;

  @Column({ name: 'jwks_uri', type: 'text', nullable: true })
  jwksUri: string | null;

  @Column({ type: 'text', array: true })
  algorithms: AsymmetricAlgorithm[];

  @Column({ type: 'text', array: true })
  clients: string[];

  @Column({ type: 'text', array: true })
  resources: string[];

  @Column({ type: 'text', array: true })
  scopes: string[];

  @Column({ name: 'max_assertion_seconds', type: 'integer' })
  maxAssertionSeconds: number;

  @Column({ name: 'disabled_at', type: 'timestamptz', nullable: true })
  disabledAt: Date | null;
}
