/** Table `authorization_details_type`: declared types of authorization details. */
import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('authorization_details_type')
export class AuthorizationDetailsTypeEntity {
  @PrimaryColumn({ type: 'text' })
  type: string;

  @Column({ type: 'text' })
  resource: string;

  @Column({ type: 'text' })
  name: string;

  @Column({ type: 'text', nullable: true })
  description: string | null;

  @Column({ type: 'jsonb' })
  schema: Record<string, unknown>;
}
