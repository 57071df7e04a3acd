/** Advisory locks: what only one replica may do at a time. */

/** Lock numbers of this application; one database may hold other applications' locks too. */
export const ADVISORY_LOCKS = {
  migrations: 8_213_001,
  signingKeys: 8_213_002,
  bootstrap: 8_213_003,
} as const;
