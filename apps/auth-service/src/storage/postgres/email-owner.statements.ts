/** Who has proven an e-mail address: one account at most, whoever writes it. */

/** A row where another account than `$2` has proven the address `$1`, in whatever case. */
export const EMAIL_OF_ANOTHER = `
  SELECT FROM account other
  WHERE lower(other.email) = lower($1) AND other.email_verified AND other.account_id <> $2`;

// An operator may have declared one address for two accounts, so no unique index can say it. Whoever
// proves an address waits for others who prove the same one, and looks afterwards.
/** Held to the end of the transaction by who proves the address `$1`; to be taken before any row. */
export const EMAIL_LOCK = `SELECT pg_advisory_xact_lock(hashtextextended('keyward/email:' || lower($1), 0))`;
