/** Table `resource`: registered resources. */
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { type ResourceEncryption } from '../../../resource/resource.js';

@Entity('resource')
export class ResourceEntity {
  @PrimaryColumn({ type: 'text' })
  identifier: string;

  @Column({ type: 'text' })
  name: string;

  @Column({ type: 'text', array: true })
  scopes: string[];

  @Column({ name: 'signing_algorithm', type: 'text', nullable: true })
  signingAlgorithm: string | null;

  @Column({ type: 'jsonb', nullable: true })
  encryption: ResourceEncryption | null;
}
