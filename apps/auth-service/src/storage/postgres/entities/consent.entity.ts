/** Table `consent`: what people allowed clients, remembered. */
import { type AuthorizationDetail } from '@keyward/oauth';
import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('consent')
export class ConsentEntity {
  @PrimaryColumn({ name: 'account_id', type: 'uuid' })
  accountId: string;

  @PrimaryColumn({ name: 'client_id', type: 'text' })
  clientId: string;

  @Column({ type: 'text', array: true })
  scope: string[];

  @Column({ type: 'text', array: true })
  resources: string[];

  @Column({ name: 'authorization_details', type: 'jsonb' })
  authorizationDetails: AuthorizationDetail[];
}
