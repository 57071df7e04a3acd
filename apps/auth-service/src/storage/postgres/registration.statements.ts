/** The statements about initial access tokens and the clients that registered by them. */
import { type RefreshProfile } from '../../client/client.js';
import { type ClientInformation } from '../../dynamic-registration/registration.store.js';

/** A row of `client_registration`, by the names of the domain. */
export interface RegistrationRow {
  readonly tokenId: string;
  readonly scopes: string[];
  readonly grantTypes: string[];
  readonly refreshProfile: RefreshProfile;
  readonly information: ClientInformation;
}

/** Of an initial access token. */
export const COLUMNS = `token_id AS "tokenId", description, scopes, grant_types AS "grantTypes",
  refresh_profile AS "refreshProfile", uses_left AS "usesLeft", expires_at AS "expiresAt",
  created_by AS "createdBy", created_at AS "createdAt", revoked_at AS "revokedAt"`;

export const LIVE = `uses_left > 0 AND expires_at > now() AND revoked_at IS NULL`;

export const ISSUE = `
  INSERT INTO registration_token (token_id, token_sha256, description, scopes, grant_types,
    refresh_profile, uses_left, expires_at, created_by)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
  RETURNING ${COLUMNS}`;

export const LIST = `
  SELECT ${COLUMNS} FROM registration_token
  WHERE $1::uuid IS NULL OR token_id > $1::uuid ORDER BY token_id LIMIT $2`;

export const REVOKE = `
  UPDATE registration_token SET revoked_at = coalesce(revoked_at, now()) WHERE token_id = $1
  RETURNING ${COLUMNS}`;

/** Of many at once as many find a use left as there are: each waits for the row of the one before. */
export const USE = `
  UPDATE registration_token SET uses_left = uses_left - 1 WHERE token_id = $1 AND ${LIVE}`;

export const INSERT = `
  INSERT INTO client_registration (client_id, token_id, access_token_sha256, scopes, grant_types,
    refresh_profile, information)
  VALUES ($1, $2, $3, $4, $5, $6, $7)`;

/** The newer of the two tokens, once it was used, is the only one. */
export const FIND = `
  UPDATE client_registration
  SET previous_access_token_sha256 =
    CASE WHEN access_token_sha256 = $2 THEN NULL ELSE previous_access_token_sha256 END
  WHERE client_id = $1 AND $2 IN (access_token_sha256, previous_access_token_sha256)
  RETURNING token_id AS "tokenId", scopes, grant_types AS "grantTypes",
    refresh_profile AS "refreshProfile", information`;

export const REPLACE = `
  UPDATE client_registration
  SET access_token_sha256 = $3, previous_access_token_sha256 = $2, information = $4
  WHERE client_id = $1 AND $2 IN (access_token_sha256, previous_access_token_sha256)`;

export const CLOSE = `
  UPDATE client_registration SET access_token_sha256 = NULL, previous_access_token_sha256 = NULL
  WHERE client_id = $1`;

/** Those whose documents can be fetched again; a client that is disabled stays, so that it stays out. */
export const PURGE_PUBLISHED = `
  DELETE FROM client WHERE client_id IN (
    SELECT client_id FROM client
    WHERE source = 'document' AND updated_at < $1 AND disabled_at IS NULL
      AND NOT EXISTS (SELECT FROM consent WHERE consent.client_id = client.client_id)
      AND NOT EXISTS (SELECT FROM oauth_grant AS g WHERE g.client_id = client.client_id)
    ORDER BY updated_at LIMIT $2
    FOR UPDATE OF client SKIP LOCKED
  )
  RETURNING client_id`;

/** Used is whoever was allowed something, even if nothing of it is left. */
export const PURGE = `
  DELETE FROM client WHERE client_id IN (
    SELECT registration.client_id FROM client_registration AS registration
    JOIN client ON client.client_id = registration.client_id
    WHERE registration.created_at < $1 AND (
      (registration.access_token_sha256 IS NULL AND client.disabled_at < $1)
      OR (client.disabled_at IS NULL
        AND NOT EXISTS (SELECT FROM consent WHERE consent.client_id = registration.client_id)
        AND NOT EXISTS (SELECT FROM oauth_grant AS g WHERE g.client_id = registration.client_id))
    )
    ORDER BY registration.created_at LIMIT $2
    FOR UPDATE OF client SKIP LOCKED
  )
  RETURNING client_id`;
