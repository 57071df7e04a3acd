/** Upstream providers in PostgreSQL. */
import { Injectable } from '@nestjs/common';
import pg from 'pg';
import { QueryFailedError } from 'typeorm';
import { StartupError } from '../../config/startup.error.js';
import { type Upstream } from '../../upstream/upstream.js';
import { type NewUpstream, UpstreamStore } from '../../upstream/upstream.store.js';
import { PostgresDatabase } from './postgres.database.js';
import { onPostgres } from './postgres.error.js';

type UpstreamRow = Omit<Upstream, 'secret'> & {
  readonly ciphertext: Buffer;
  readonly keyVersion: number;
};

const SELECT = `
  SELECT upstream_id AS "upstreamId", name, issuer, client_id AS "clientId",
    authentication_method AS "authenticationMethod", secret AS ciphertext,
    key_version AS "keyVersion", scope, claim_names AS "claimNames",
    create_accounts AS "createAccounts", trust_email AS "trustEmail", mfa_acrs AS "mfaAcrs",
    mfa_amrs AS "mfaAmrs", disabled_at AS "disabledAt", updated_at AS "updatedAt"
  FROM upstream`;

const COLUMNS = [
  'name',
  'issuer',
  'client_id',
  'authentication_method',
  'secret',
  'key_version',
  'scope',
  'claim_names',
  'create_accounts',
  'trust_email',
  'mfa_acrs',
  'mfa_amrs',
];

// A row is only touched where something differs: what was discovered is kept for as long as it is the same.
const DECLARE = `
  INSERT INTO upstream (upstream_id, disabled_at, ${COLUMNS.join(', ')})
  VALUES ($1, CASE WHEN $2::boolean THEN now() END,
    ${COLUMNS.map((_, index) => `$${index + 3}`).join(', ')})
  ON CONFLICT (upstream_id) DO UPDATE SET
    ${COLUMNS.map((column) => `${column} = excluded.${column}`).join(', ')},
    disabled_at = coalesce(upstream.disabled_at, excluded.disabled_at),
    updated_at = now()
  WHERE (upstream.disabled_at IS NULL AND excluded.disabled_at IS NOT NULL)
    OR (${COLUMNS.map((column) => `upstream.${column}`).join(', ')})
      IS DISTINCT FROM (${COLUMNS.map((column) => `excluded.${column}`).join(', ')})`;

@Injectable()
export class PostgresUpstreamStore extends UpstreamStore {
  constructor(private readonly database: PostgresDatabase) {
    super();
  }

  async find(upstreamId: string): Promise<Upstream | null> {
    const [found] = await this.select('WHERE upstream_id = $1', upstreamId);
    return found ?? null;
  }

  async findEnabled(upstreamIds: readonly string[] | null): Promise<readonly Upstream[]> {
    // Most clients offer none.
    if (upstreamIds?.length === 0) return [];
    return this.select(
      `WHERE ($1::text[] IS NULL OR upstream_id = ANY ($1)) AND disabled_at IS NULL
       ORDER BY array_position($1, upstream_id), upstream_id`,
      upstreamIds,
    );
  }

  async declare(upstream: NewUpstream): Promise<void> {
    try {
      await onPostgres(() => this.database.manager.query(DECLARE, valuesOf(upstream)));
    } catch (error) {
      if (!isIssuerTaken(error)) throw error;
      throw new StartupError(
        `AUTH_BOOTSTRAP_FILE: another upstream than ${upstream.upstreamId} has its issuer`,
        { cause: error },
      );
    }
  }

  private select(where: string, parameter: string | readonly string[] | null): Promise<Upstream[]> {
    return onPostgres(async () => {
      const rows = await this.database.manager.query<UpstreamRow[]>(`${SELECT} ${where}`, [
        parameter,
      ]);
      return rows.map(({ ciphertext, keyVersion, ...row }) => ({
        ...row,
        secret: { ciphertext, keyVersion },
      }));
    });
  }
}

function valuesOf(upstream: NewUpstream): unknown[] {
  const { name, issuer, clientId, authenticationMethod, secret, scope, claimNames } = upstream;
  return [
    ...[upstream.upstreamId, upstream.disabled],
    ...[name, issuer, clientId, authenticationMethod, secret.ciphertext, secret.keyVersion],
    ...[scope, JSON.stringify(claimNames), upstream.createAccounts, upstream.trustEmail],
    ...[upstream.mfaAcrs, upstream.mfaAmrs],
  ];
}

function isIssuerTaken(error: unknown): boolean {
  const cause: unknown = error instanceof QueryFailedError ? error.driverError : error;
  return cause instanceof pg.DatabaseError && cause.constraint === 'upstream_issuer_is_unique';
}
