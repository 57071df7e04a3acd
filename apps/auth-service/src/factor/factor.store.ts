/** Port: the factors of accounts. */
import { type SignInBasis } from '../session/session.record.js';
import { type Factor } from './factor.js';

/** The most factors that an account can have. */
export const MAX_FACTORS = 20;

/** {@link NewFactor.mostBefore} of a factor that its owner adds to others. */
export const ROOM_FOR_ONE = MAX_FACTORS - 1;

/** A factor to be recorded; its owner just proved to have it. */
export interface NewFactor extends Pick<Factor, 'factorId' | 'accountId' | 'name'> {
  /** Factors that the account may have had before; 0 for one that only a password vouches for. */
  readonly mostBefore: number;
  /** What its owner's right to it is based on: no factor is added by who was signed out meanwhile. */
  readonly basis: SignInBasis;
}

/** An encrypted secret of an authenticator application. */
export interface TotpSecret {
  readonly factorId: string;
  readonly secret: Buffer;
  readonly keyVersion: number;
}

/** A passkey (WebAuthn section 4, credential record). */
export interface Passkey {
  readonly factorId: string;
  readonly accountId: string;
  readonly credentialId: Buffer;
  /** COSE key. */
  readonly publicKey: Buffer;
  readonly signCount: number;
  readonly transports: readonly string[];
  /** Whether it may be copied to other devices. */
  readonly backupEligible: boolean;
}

/** Reads and changes factors. Every method throws TemporarilyUnavailableError where it cannot. */
export abstract class FactorStore {
  /** The oldest first. */
  abstract findOfAccount(accountId: string): Promise<readonly Factor[]>;

  /**
   * @param step of the code that proved it, which is used with that
   * @returns false where its basis is gone, or the account had more than {@link NewFactor.mostBefore}
   */
  abstract addTotp(factor: NewFactor, secret: TotpSecret, step: number): Promise<boolean>;

  /** The secrets of an account's authenticator applications. */
  abstract findTotp(accountId: string): Promise<readonly TotpSecret[]>;

  /**
   * Uses a step up, and with it all before it: of any number of callers one is told true (RFC 6238
   * section 5.2).
   */
  abstract claimStep(factorId: string, step: number): Promise<boolean>;

  /** @returns false as {@link addTotp}, and where the credential is known already */
  abstract addPasskey(factor: NewFactor, passkey: Omit<Passkey, 'accountId'>): Promise<boolean>;

  /** The passkeys of an account. */
  abstract findPasskeys(accountId: string): Promise<readonly Passkey[]>;

  /** @returns null for a credential that is nobody's */
  abstract findPasskey(credentialId: Buffer): Promise<Passkey | null>;

  /**
   * Notes a use. Of callers with one counter value one is told true, unless it is 0: an
   * authenticator that does not count (WebAuthn section 6.1.1).
   */
  abstract usePasskey(factorId: string, signCount: number): Promise<boolean>;

  /** @returns whether the account has such a factor */
  abstract rename(accountId: string, factorId: string, name: string): Promise<boolean>;

  /**
   * Removes a factor; every remembered device goes with it, and with the last one the recovery codes,
   * which stand in for factors.
   * @param keepLast leaves the account's only factor alone; of parallel removals one is left, too
   * @returns whether it was removed
   */
  abstract remove(accountId: string, factorId: string, keepLast: boolean): Promise<boolean>;
}
