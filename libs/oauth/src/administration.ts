/** The administration API as a resource: where it stands and what its tokens say. */

/** Below the issuer; `<issuer>/admin` is also the identifier of the resource (RFC 8707 section 2). */
export const ADMINISTRATION_PATH = '/admin';

/** Scope of whoever lists, rotates and revokes signing keys. */
export const ADMIN_KEYS_SCOPE = 'admin:keys';

/** Scope of whoever registers, changes and disables clients. */
export const ADMIN_CLIENTS_SCOPE = 'admin:clients';

/** Scope of whoever keeps the accounts of people. */
export const ADMIN_USERS_SCOPE = 'admin:users';

/** Scope of whoever sees what is signed in, and ends it. */
export const ADMIN_SESSIONS_SCOPE = 'admin:sessions';

/** Scope of whoever reads the audit record. */
export const ADMIN_AUDIT_SCOPE = 'admin:audit';
