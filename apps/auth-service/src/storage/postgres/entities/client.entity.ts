/** Table `client`: registered clients. */
import { type ClientAuthenticationMethod } from '@keyward/oauth';
import { type JSONWebKeySet } from 'jose';
import { Column, CreateDateColumn, Entity, PrimaryColumn, UpdateDateColumn } from 'typeorm';
import { type Acr } from '../../../authentication/acr.js';
import {
  type ApplicationType,
  type ClientSource,
  type ExchangePolicy,
  type JweAlgorithms,
  type RefreshProfile,
  type TlsSubject,
} from '../../../client/client.js';

@Entity('client')
export class ClientEntity {
  @PrimaryColumn({ name: 'client_id', type: 'text' })
  clientId: string;

  @Column({ type: 'text' })
  name: string;

  @Column({ name: 'authentication_method', type: 'text' })
  authenticationMethod: ClientAuthenticationMethod;

  @Column({ name: 'secret_sha256', type: 'bytea', nullable: true })
  secretSha256: Buffer | null;

  @Column({ name: 'previous_secret_sha256', type: 'bytea', nullable: true })
  previousSecretSha256: Buffer | null;

  @Column({ name: 'previous_secret_until', type: 'timestamptz', nullable: true })
  previousSecretUntil: Date | null;

  @Column({ type: 'text', default: 'file' })
  source: ClientSource;

  @Column({ name: 'logo_uri', type: 'text', nullable: true })
  logoUri: string | null;

  @Column({ name: 'application_type', type: 'text' })
  applicationType: ApplicationType;

  @Column({ type: 'jsonb', nullable: true })
  jwks: JSONWebKeySet | null;

  @Column({ name: 'jwks_uri', type: 'text', nullable: true })
  jwksUri: string | null;

  @Column({ name: 'redirect_uris', type: 'text', array: true })
  redirectUris: string[];

  @Column({ name: 'post_logout_redirect_uris', type: 'text', array: true })
  postLogoutRedirectUris: string[];

  @Column({ name: 'backchannel_logout_uri', type: 'text', nullable: true })
  backchannelLogoutUri: string | null;

  @Column({ name: 'cors_origins', type: 'text', array: true })
  corsOrigins: string[];

  @Column({ name: 'require_pushed_requests', type: 'boolean' })
  requirePushedRequests: boolean;

  @Column({ name: 'first_party', type: 'boolean' })
  firstParty: boolean;

  @Column({ name: 'refresh_profile', type: 'text' })
  refreshProfile: RefreshProfile;

  @Column({ name: 'required_acr', type: 'text', nullable: true })
  requiredAcr: Acr | null;

  @Column({ name: 'grant_types', type: 'text', array: true })
  grantTypes: string[];

  @Column({ type: 'text', array: true })
  scopes: string[];

  @Column({ name: 'own_resource', type: 'text', nullable: true })
  ownResource: string | null;

  @Column({ name: 'dpop_bound_access_tokens', type: 'boolean' })
  dpopBoundAccessTokens: boolean;

  @Column({ name: 'tls_bound_access_tokens', type: 'boolean' })
  tlsBoundAccessTokens: boolean;

  @Column({ name: 'tls_subject', type: 'jsonb', nullable: true })
  tlsSubject: TlsSubject | null;

  @Column({ type: 'jsonb', nullable: true })
  exchange: ExchangePolicy | null;

  @Column({ name: 'authorization_details_types', type: 'text', array: true })
  authorizationDetailsTypes: string[];

  @Column({ name: 'id_token_signing_algorithm', type: 'text', nullable: true })
  idTokenSigningAlgorithm: string | null;

  @Column({ name: 'introspection_signing_algorithm', type: 'text', nullable: true })
  introspectionSigningAlgorithm: string | null;

  @Column({ name: 'id_token_encryption', type: 'jsonb', nullable: true })
  idTokenEncryption: JweAlgorithms | null;

  @Column({ type: 'text', array: true })
  upstreams: string[];

  @Column({ name: 'password_sign_in', type: 'boolean' })
  passwordSignIn: boolean;

  @Column({ name: 'disabled_at', type: 'timestamptz', nullable: true })
  disabledAt: Date | null;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt: Date;

  @UpdateDateColumn({ name: 'updated_at', type: 'timestamptz' })
  updatedAt: Date;
}
