/** Table `audit_event`: every decision. */
import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('audit_event')
export class AuditEventEntity {
  @PrimaryColumn({ type: 'uuid' })
  reference: string;

  @Column({ name: 'occurred_at', type: 'timestamptz' })
  occurredAt: Date;

  @Column({ type: 'text' })
  type: string;

  @Column({ type: 'text' })
  outcome: 'success' | 'failure';

  @Column({ type: 'text', nullable: true })
  reason: string | null;

  @Column({ name: 'account_id', type: 'uuid', nullable: true })
  accountId: string | null;

  @Column({ name: 'client_id', type: 'text', nullable: true })
  clientId: string | null;

  @Column({ name: 'grant_id', type: 'uuid', nullable: true })
  grantId: string | null;

  @Column({ type: 'uuid', nullable: true })
  sid: string | null;

  @Column({ type: 'inet', nullable: true })
  address: string | null;

  @Column({ name: 'correlation_id', type: 'text', nullable: true })
  correlationId: string | null;

  @Column({ type: 'jsonb', nullable: true })
  detail: Record<string, string | number | boolean> | null;
}
