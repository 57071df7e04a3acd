/** Remembers browsers in which a person proved their own factor, where the operator allows that. */
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { AuditTrail } from '../audit/audit.trail.js';
import { serverConfig, type ServerConfig } from '../config/server.config.js';
import { sessionConfig, type SessionConfig } from '../config/session.config.js';
import { type Cookie, hostCookie, readCookie, writeCookie } from '../http/cookie.js';
import { originOf } from '../http/request.origin.js';
import { type RememberedDevice, RememberedDeviceStore } from './remembered-device.store.js';

const COOKIE_BYTES = 32;
// 32 bytes in canonical base64url: the last character has two spare bits.
const COOKIE_VALUE = /^[\w-]{42}[AEIMQUYcgkosw048]$/;
const MAX_USER_AGENT_LENGTH = 300;
const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

/** Whose device it becomes. */
export interface DeviceOwner {
  readonly accountId: string;
  readonly signInEpoch: number;
}

/** Every method throws TemporarilyUnavailableError where it cannot be done. */
@Injectable()
export class RememberedDevices {
  private readonly cookie: Cookie;
  private readonly seconds: number;

  constructor(
    private readonly store: RememberedDeviceStore,
    private readonly audit: AuditTrail,
    @Inject(serverConfig.KEY) server: ServerConfig,
    @Inject(sessionConfig.KEY) { rememberDeviceSeconds }: SessionConfig,
  ) {
    this.seconds = rememberDeviceSeconds;
    const { name, attributes } = hostCookie('keyward-device', server);
    this.cookie = { name, attributes: `${attributes}; Max-Age=${this.seconds}` };
  }

  /** How many days a device is remembered; 0 where none is. */
  get days(): number {
    return this.seconds / 86_400;
  }

  /** Gives the browser a cookie of its own, of which the hash is kept. */
  async remember(owner: DeviceOwner, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    if (this.seconds === 0) return;
    const value = randomBytes(COOKIE_BYTES).toString('base64url');
    const deviceId = randomUUID();
    const { accountId, signInEpoch } = owner;
    const origin = originOf(request);
    await this.store.add({
      ...{ cookieSha256: sha256(value), deviceId, accountId, signInEpoch },
      userAgent: request.headers['user-agent']?.slice(0, MAX_USER_AGENT_LENGTH) ?? null,
      address: origin.address || null,
      expiresAt: new Date(Date.now() + this.seconds * 1000),
    });
    const detail = { device_id: deviceId };
    this.audit.record({ origin, type: 'device.remembered', outcome: 'success', accountId, detail });
    writeCookie(reply, this.cookie, value);
  }

  /** Whether the browser that asks is one of this account; never while nothing is remembered. */
  async isKnown(request: FastifyRequest, accountId: string): Promise<boolean> {
    const value = this.seconds === 0 ? null : readCookie(request, this.cookie);
    if (value === null || !COOKIE_VALUE.test(value)) return false;
    return this.store.isKnown(sha256(value), accountId);
  }

  /** The latest first. */
  list(accountId: string): Promise<readonly RememberedDevice[]> {
    return this.store.findOfAccount(accountId);
  }

  /**
   * @param deviceId null for all of them
   * @returns false where there is no such device of this account
   */
  async forget(
    accountId: string,
    deviceId: string | null,
    request: FastifyRequest,
  ): Promise<boolean> {
    if (deviceId !== null && !UUID.test(deviceId)) return false;
    const count = await this.store.forget(accountId, deviceId);
    if (count === 0) return deviceId === null;
    const detail = { devices: count };
    const type = 'device.forgotten';
    this.audit.record({ origin: originOf(request), type, outcome: 'success', accountId, detail });
    return true;
  }
}

function sha256(value: string): Buffer {
  return createHash('sha256').update(value).digest();
}
