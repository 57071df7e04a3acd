/** Table `account`: who can sign in. */
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { type PostalAddress } from '../../../account/account.js';

@Entity('account')
export class AccountEntity {
  @PrimaryColumn({ name: 'account_id', type: 'uuid' })
  accountId: string;

  @Column({ type: 'text' })
  username: string;

  @Column({ name: 'password_hash', type: 'text', nullable: true })
  passwordHash: string | null;

  @Column({ name: 'declared_password_hash', type: 'text', nullable: true, select: false })
  declaredPasswordHash: string | null;

  @Column({ type: 'text', nullable: true })
  name: string | null;

  @Column({ name: 'given_name', type: 'text', nullable: true })
  givenName: string | null;

  @Column({ name: 'family_name', type: 'text', nullable: true })
  familyName: string | null;

  @Column({ type: 'text', nullable: true })
  picture: string | null;

  @Column({ type: 'text', nullable: true })
  locale: string | null;

  @Column({ type: 'text', nullable: true })
  zoneinfo: string | null;

  @Column({ type: 'text', nullable: true })
  email: string | null;

  @Column({ name: 'email_verified', type: 'boolean' })
  emailVerified: boolean;

  @Column({ name: 'phone_number', type: 'text', nullable: true })
  phoneNumber: string | null;

  @Column({ name: 'phone_number_verified', type: 'boolean' })
  phoneNumberVerified: boolean;

  @Column({ type: 'jsonb', nullable: true })
  address: PostalAddress | null;

  @Column({ name: 'disabled_at', type: 'timestamptz', nullable: true })
  disabledAt: Date | null;

  @Column({ name: 'sign_in_epoch', type: 'integer' })
  signInEpoch: number;

  @Column({ name: 'updated_at', type: 'timestamptz' })
  updatedAt: Date;
}
