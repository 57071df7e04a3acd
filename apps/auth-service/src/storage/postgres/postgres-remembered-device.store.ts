/** Remembered devices in PostgreSQL. */
import { Injectable } from '@nestjs/common';
import {
  type NewRememberedDevice,
  type RememberedDevice,
  RememberedDeviceStore,
} from '../../authentication/remembered-device.store.js';
import { PostgresDatabase } from './postgres.database.js';
import { onPostgres } from './postgres.error.js';

// One statement, which sweeps up after the account too.
const ADD = `
  WITH swept AS (DELETE FROM remembered_device WHERE account_id = $3 AND expires_at <= now())
  INSERT INTO remembered_device (cookie_sha256, device_id, account_id, user_agent, address,
    expires_at, sign_in_epoch)
  VALUES ($1, $2, $3, $4, $5, $6, $7)`;
const LIVE = `
  FROM remembered_device JOIN account USING (account_id)
  WHERE account_id = $1 AND expires_at > now()
    AND remembered_device.sign_in_epoch = account.sign_in_epoch`;
const IS_KNOWN = `SELECT 1 ${LIVE} AND cookie_sha256 = $2`;
const FIND = `
  SELECT device_id AS "deviceId", user_agent AS "userAgent", remembered_device.address,
    remembered_device.created_at AS "createdAt", expires_at AS "expiresAt"
  ${LIVE} ORDER BY remembered_device.created_at DESC, device_id`;
const FORGET = `
  DELETE FROM remembered_device
  WHERE account_id = $1 AND ($2::uuid IS NULL OR device_id = $2) RETURNING 1`;

@Injectable()
export class PostgresRememberedDeviceStore extends RememberedDeviceStore {
  constructor(private readonly database: PostgresDatabase) {
    super();
  }

  async add(device: NewRememberedDevice): Promise<void> {
    const { cookieSha256, deviceId, accountId, userAgent, address } = device;
    const { expiresAt, signInEpoch } = device;
    const whose = [cookieSha256, deviceId, accountId];
    await this.query(ADD, [...whose, userAgent, address, expiresAt, signInEpoch]);
  }

  async isKnown(cookieSha256: Buffer, accountId: string): Promise<boolean> {
    return (await this.query<unknown[]>(IS_KNOWN, [accountId, cookieSha256])).length > 0;
  }

  findOfAccount(accountId: string): Promise<readonly RememberedDevice[]> {
    return this.query<RememberedDevice[]>(FIND, [accountId]);
  }

  async forget(accountId: string, deviceId: string | null): Promise<number> {
    const [, count] = await this.query<[unknown, number]>(FORGET, [accountId, deviceId]);
    return count;
  }

  private query<T>(statement: string, values: unknown[]): Promise<T> {
    return onPostgres(() => this.database.manager.query<T>(statement, values));
  }
}
