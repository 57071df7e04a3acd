/** Device codes and user codes: 256 random bits for the device, eight letters for the person (RFC 8628). */
import { createHash, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { TemporarilyUnavailableError } from '@keyward/oauth';
import { type Grant } from '../grant/grant.js';
import {
  DeviceAuthorizationStore,
  type DevicePoller,
  type DeviceState,
} from './device-authorization.store.js';
import { type CheckedDeviceRequest, type DeviceRequest } from './device.request.js';
import { createUserCode } from './user.code.js';

/** How long a person may take: to get to another device, sign in there and decide. */
export const DEVICE_CODE_SECONDS = 600;

/** How long beyond that a device is told what became of its request, and when it may no longer ask. */
const MEMORY_SECONDS = 600;

/** The time between two polls (RFC 8628 section 3.2). */
export const POLL_SECONDS = 5;

/** How long a server has for the tokens; one that dies meanwhile leaves them to the next poll. */
const LEASE_SECONDS = 10;

const DEVICE_CODE_BYTES = 32;

/** Tries at a user code that no other device has: one of 2^34.5 is nearly always enough. */
const MAX_TRIES = 5;

/** Codes of a device that waits. */
export interface DeviceCodes {
  readonly deviceCode: string;
  /** Without its dash. */
  readonly userCode: string;
}

/** A device, as the person who entered its code sees it. */
export interface WaitingDevice {
  /** In the page's URL; worth nothing to anybody else. */
  readonly id: string;
  readonly state: DeviceState;
  readonly request: DeviceRequest;
}

/** What became of a poll. */
export type DeviceAnswer =
  | {
      readonly outcome: 'claimed';
      readonly grant: Grant;
      /** Whether an earlier claim, which was given back, came as far as recording the grant. */
      readonly isRecorded: boolean;
    }
  | { readonly outcome: 'replayed'; readonly grant: Grant }
  | {
      readonly outcome: 'pending' | 'too_soon' | 'denied' | 'expired' | 'mismatched' | 'absent';
    };

interface StoredGrant extends Omit<Grant, 'authenticatedAt' | 'expiresAt'> {
  readonly authenticatedAt: string;
  readonly expiresAt: string;
}

/** The store never sees a code, only its hash. */
@Injectable()
export class DeviceAuthorizations {
  constructor(private readonly store: DeviceAuthorizationStore) {}

  /**
   * Makes a device wait.
   * @param address where its request came from
   * @throws TemporarilyUnavailableError where it cannot be kept
   */
  async begin(checked: CheckedDeviceRequest, address: string): Promise<DeviceCodes> {
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      const codes = {
        deviceCode: randomBytes(DEVICE_CODE_BYTES).toString('base64url'),
        userCode: createUserCode(),
      };
      const { userCode } = codes;
      const request: DeviceRequest = { ...checked, userCode, address, createdAtMs: Date.now() };
      const entry = {
        id: digest(codes.deviceCode),
        userCodeKey: digest(userCode),
        value: JSON.stringify(request),
        clientId: checked.clientId,
        dpopJkt: checked.dpopJkt,
      };
      const times = {
        lifetimeSeconds: DEVICE_CODE_SECONDS,
        memorySeconds: MEMORY_SECONDS,
        intervalSeconds: POLL_SECONDS,
        leaseSeconds: LEASE_SECONDS,
      };
      if (await this.store.begin(entry, times)) return codes;
    }
    throw new TemporarilyUnavailableError(
      'the server cannot answer now',
      `${MAX_TRIES} user codes in a row are those of other devices`,
    );
  }

  /**
   * Binds the device of a user code to the person who enters it.
   *
   * @param userCode in its one spelling
   * @returns its id; null for a code that nobody waits under, and for another person's
   * @throws TemporarilyUnavailableError where it cannot be known
   */
  enter(userCode: string, accountId: string): Promise<string | null> {
    return this.store.enter(digest(userCode), accountId);
  }

  /**
   * @returns null for a device that is not there, not there any more, or another person's
   * @throws TemporarilyUnavailableError where it cannot be known
   */
  async find(id: string, accountId: string): Promise<WaitingDevice | null> {
    const found = await this.store.find(id, accountId);
    if (found === null) return null;
    return { id, state: found.state, request: JSON.parse(found.value) as DeviceRequest };
  }

  /**
   * @returns false where somebody decided before, or it is too late
   * @throws TemporarilyUnavailableError where it cannot be kept
   */
  decide(id: string, accountId: string, grant: Grant | null): Promise<boolean> {
    return this.store.decide(id, accountId, grant === null ? null : JSON.stringify(grant));
  }

  /**
   * What a device is answered; of polls at the same time one is told `claimed`.
   * @throws TemporarilyUnavailableError where it cannot be known
   */
  async poll(deviceCode: string, poller: DevicePoller): Promise<DeviceAnswer> {
    const poll = await this.store.poll(digest(deviceCode), poller);
    if (poll.outcome !== 'claimed' && poll.outcome !== 'replayed') return poll;
    return { ...poll, grant: parseGrant(poll.grant) };
  }

  /**
   * What was claimed was of use, and is nobody's any more.
   * @throws TemporarilyUnavailableError where the store cannot be reached
   */
  complete(deviceCode: string): Promise<void> {
    return this.store.complete(digest(deviceCode));
  }

  /**
   * Gives back what was claimed in vain, because something else is down.
   * @param isRecorded whether the grant is in the record already
   * @throws TemporarilyUnavailableError where the store cannot be reached; it comes back by itself then
   */
  release(deviceCode: string, isRecorded: boolean): Promise<void> {
    return this.store.release(digest(deviceCode), isRecorded);
  }
}

function digest(code: string): string {
  return createHash('sha256').update(code).digest('base64url');
}

function parseGrant(text: string): Grant {
  const grant = JSON.parse(text) as StoredGrant;
  return {
    ...grant,
    authenticatedAt: new Date(grant.authenticatedAt),
    expiresAt: new Date(grant.expiresAt),
  };
}
