/** Port: browsers in which a person need not prove their factor again for a while. */

/** A browser as its owner sees it in a list. */
export interface RememberedDevice {
  /** A UUID; worth nothing as a cookie. */
  readonly deviceId: string;
  readonly userAgent: string | null;
  readonly address: string | null;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

/** A browser to be remembered. */
export interface NewRememberedDevice extends Omit<RememberedDevice, 'createdAt'> {
  readonly cookieSha256: Buffer;
  readonly accountId: string;
  /** Of the account, as it was before the person proved who they are. */
  readonly signInEpoch: number;
}

/**
 * What ends every sign-in of an account ends these with it: a device of another epoch is none. So is
 * one that has expired. Every method throws TemporarilyUnavailableError where it cannot be done.
 */
export abstract class RememberedDeviceStore {
  abstract add(device: NewRememberedDevice): Promise<void>;

  /** Whether the cookie is one of this account. */
  abstract isKnown(cookieSha256: Buffer, accountId: string): Promise<boolean>;

  /** The latest first. */
  abstract findOfAccount(accountId: string): Promise<readonly RememberedDevice[]>;

  /** @param deviceId a UUID; null for all @returns how many there were */
  abstract forget(accountId: string, deviceId: string | null): Promise<number>;
}
