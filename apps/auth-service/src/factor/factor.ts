/** What a person has beside a password: authenticator applications and passkeys. */

/** Every {@link FactorKind}. */
export const FACTOR_KINDS = ['totp', 'passkey'] as const;

/** A kind of factor. */
export type FactorKind = (typeof FACTOR_KINDS)[number];

/** A factor as its owner sees it in a list. */
export interface Factor {
  /** A UUID. */
  readonly factorId: string;
  readonly accountId: string;
  readonly kind: FactorKind;
  /** As its owner called it. */
  readonly name: string;
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
}
