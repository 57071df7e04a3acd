/** Devices that wait for a person, in this process: the default of a single process without Redis. */
import { TemporarilyUnavailableError } from '@keyward/oauth';
import {
  type DeviceAuthorizationEntry,
  DeviceAuthorizationStore,
  type DeviceAuthorizationTimes,
  type DevicePoll,
  type DevicePoller,
  type DeviceState,
  type EnteredDevice,
  POLL_TOLERANCE_MS,
  SLOW_DOWN_MS,
} from '../../device-authorization/device-authorization.store.js';

/** Most devices that are kept, unless told otherwise. */
export const MAX_WAITING_DEVICES = 10_000;

interface KeptDevice extends DeviceAuthorizationEntry {
  state: DeviceState;
  accountId: string | null;
  grant: string;
  done: boolean;
  leasedUntilMs: number;
  recorded: boolean;
  polledAtMs: number;
  intervalMs: number;
  readonly leaseMs: number;
  readonly expiresAtMs: number;
  readonly forgottenAtMs: number;
}

/** Nothing here waits, so nothing comes between the steps of a verb. */
export class MemoryDeviceAuthorizationStore extends DeviceAuthorizationStore {
  private readonly devices = new Map<string, KeptDevice>();
  private readonly idsByUserCode = new Map<string, string>();

  /** @param maxDevices beyond it nothing is taken */
  constructor(private readonly maxDevices = MAX_WAITING_DEVICES) {
    super();
  }

  async begin(
    entry: DeviceAuthorizationEntry,
    { lifetimeSeconds, memorySeconds, intervalSeconds, leaseSeconds }: DeviceAuthorizationTimes,
  ): Promise<boolean> {
    const nowMs = Date.now();
    if (this.waiting(this.idsByUserCode.get(entry.userCodeKey)) !== undefined) return false;
    this.makeRoom(nowMs);
    const expiresAtMs = nowMs + lifetimeSeconds * 1000;
    this.idsByUserCode.set(entry.userCodeKey, entry.id);
    this.devices.set(entry.id, {
      ...entry,
      state: 'pending',
      accountId: null,
      grant: '',
      done: false,
      leasedUntilMs: 0,
      recorded: false,
      polledAtMs: -Infinity,
      intervalMs: intervalSeconds * 1000,
      leaseMs: leaseSeconds * 1000,
      expiresAtMs,
      forgottenAtMs: expiresAtMs + memorySeconds * 1000,
    });
    return true;
  }

  async enter(userCodeKey: string, accountId: string): Promise<string | null> {
    const device = this.waiting(this.idsByUserCode.get(userCodeKey));
    if (device?.state !== 'pending') return null;
    device.accountId ??= accountId;
    return device.accountId === accountId ? device.id : null;
  }

  async find(id: string, accountId: string): Promise<EnteredDevice | null> {
    const device = this.kept(id);
    if (device?.accountId !== accountId) return null;
    if (device.state === 'pending' && this.waiting(id) === undefined) return null;
    return { state: device.state, value: device.value };
  }

  async decide(id: string, accountId: string, grant: string | null): Promise<boolean> {
    const device = this.waiting(id);
    if (device?.state !== 'pending' || device.accountId !== accountId) return false;
    device.state = grant === null ? 'denied' : 'approved';
    device.grant = grant ?? '';
    return true;
  }

  async poll(id: string, { clientId, dpopJkt }: DevicePoller): Promise<DevicePoll> {
    const device = this.kept(id);
    if (device === undefined) return { outcome: 'absent' };
    const isProven = device.dpopJkt === null || device.dpopJkt === dpopJkt;
    if (device.clientId !== clientId || !isProven) return { outcome: 'mismatched' };
    if (device.done) return { outcome: 'replayed', grant: device.grant };
    if (device.state === 'denied') return { outcome: 'denied' };
    const nowMs = Date.now();
    if (device.state === 'approved') {
      if (nowMs < device.leasedUntilMs) return { outcome: 'pending' };
      device.leasedUntilMs = nowMs + device.leaseMs;
      return { outcome: 'claimed', grant: device.grant, isRecorded: device.recorded };
    }
    if (nowMs >= device.expiresAtMs) return { outcome: 'expired' };
    const isTooSoon = nowMs - device.polledAtMs < device.intervalMs - POLL_TOLERANCE_MS;
    device.polledAtMs = nowMs;
    if (isTooSoon) device.intervalMs += SLOW_DOWN_MS;
    return { outcome: isTooSoon ? 'too_soon' : 'pending' };
  }

  async complete(id: string): Promise<void> {
    const device = this.kept(id);
    if (device !== undefined && device.leasedUntilMs > 0) device.done = true;
  }

  async release(id: string, isRecorded: boolean): Promise<void> {
    const device = this.kept(id);
    if (device === undefined || device.leasedUntilMs === 0) return;
    device.leasedUntilMs = 0;
    device.recorded ||= isRecorded;
  }

  private kept(id: string): KeptDevice | undefined {
    const device = this.devices.get(id);
    return device === undefined || device.forgottenAtMs <= Date.now() ? undefined : device;
  }

  private waiting(id: string | undefined): KeptDevice | undefined {
    const device = id === undefined ? undefined : this.devices.get(id);
    return device === undefined || device.expiresAtMs <= Date.now() ? undefined : device;
  }

  private makeRoom(nowMs: number): void {
    if (this.devices.size < this.maxDevices) return;
    for (const [id, { forgottenAtMs, userCodeKey }] of this.devices) {
      if (forgottenAtMs > nowMs) continue;
      this.devices.delete(id);
      if (this.idsByUserCode.get(userCodeKey) === id) this.idsByUserCode.delete(userCodeKey);
    }
    if (this.devices.size < this.maxDevices) return;
    throw new TemporarilyUnavailableError(
      'the server cannot answer now',
      `more than ${this.maxDevices} devices wait: a server of this load needs Redis`,
    );
  }
}
