/** Writes declared partners. */
import pg from 'pg';
import { type EntityManager, QueryFailedError } from 'typeorm';
import { type DeclaredPartner } from '../../bootstrap/bootstrap.store.js';

// One that is disabled stays so, whatever the file says later: an operator may have done it by hand.
const DECLARE = `
  INSERT INTO partner (issuer, partner_id, jwks, jwks_uri, algorithms, clients, resources, scopes,
    max_assertion_seconds, disabled_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, CASE WHEN $10::boolean THEN now() END)
  ON CONFLICT (issuer) DO UPDATE SET partner_id = EXCLUDED.partner_id, jwks = EXCLUDED.jwks,
    jwks_uri = EXCLUDED.jwks_uri, algorithms = EXCLUDED.algorithms, clients = EXCLUDED.clients,
    resources = EXCLUDED.resources, scopes = EXCLUDED.scopes,
    max_assertion_seconds = EXCLUDED.max_assertion_seconds,
    disabled_at = COALESCE(partner.disabled_at, EXCLUDED.disabled_at)`;

/** To be run in a transaction. Fails with {@link isPartnerIdTaken} where another issuer has the id of one. */
export async function declarePartners(
  manager: EntityManager,
  partners: readonly DeclaredPartner[],
): Promise<void> {
  for (const partner of partners) {
    const { issuer, partnerId, jwks, jwksUri, algorithms, clients, resources, scopes } = partner;
    await manager.query(DECLARE, [
      ...[issuer, partnerId, jwks === null ? null : JSON.stringify(jwks), jwksUri, algorithms],
      ...[clients, resources, scopes, partner.maxAssertionSeconds, partner.disabled],
    ]);
  }
}

/** Whether a declaration failed because its subjects would have become those of another issuer. */
export function isPartnerIdTaken(error: unknown): boolean {
  const cause: unknown = error instanceof QueryFailedError ? error.driverError : error;
  return cause instanceof pg.DatabaseError && cause.constraint === 'partner_id_is_unique';
}
