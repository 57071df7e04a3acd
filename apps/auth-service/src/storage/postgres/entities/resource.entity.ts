/** Table `resource`: registered resources. */
import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('resource')
export class ResourceEntity {
  @PrimaryColumn({ type: 'text' })
  identifier: string;

  @Column({ type: 'text' })
  name: string;

  @Column({ type: 'text', array: true })
  scopes: string[];
}
