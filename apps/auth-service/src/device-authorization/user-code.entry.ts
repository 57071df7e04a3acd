/** Decides whether an entered user code leads to a device that waits, as slowly as guessing has to be. */
import { Injectable, Logger } from '@nestjs/common';
import { type Visitor } from '../account-page/account.access.js';
import { AuditTrail } from '../audit/audit.trail.js';
import { DeviceAuthorizations } from './device.authorizations.js';
import { UserCodeBrake, type UserCodeSource } from './user-code.brake.js';
import { normaliseUserCode } from './user.code.js';

/** What became of an entered code. */
export type EntryOutcome =
  | { readonly outcome: 'entered'; readonly id: string }
  /** No code at all: nobody guesses so, and it is not counted. */
  | { readonly outcome: 'malformed' }
  /** Nothing waits under it, or it is another person's. */
  | { readonly outcome: 'unknown' }
  /** Too many wrong ones; not looked at. */
  | { readonly outcome: 'braked'; readonly retryAfterSeconds: number };

@Injectable()
export class UserCodeEntry {
  private readonly logger = new Logger(UserCodeEntry.name);

  constructor(
    private readonly devices: DeviceAuthorizations,
    private readonly brake: UserCodeBrake,
    private readonly audit: AuditTrail,
  ) {}

  /**
   * Binds the device to the person where the code is one.
   * @throws TemporarilyUnavailableError where it cannot be decided; the attempt is not counted then
   * @see RFC 8628 sections 3.3 and 5.1
   */
  async enter(visitor: Visitor, typed: string): Promise<EntryOutcome> {
    const code = normaliseUserCode(typed);
    if (code === null) return { outcome: 'malformed' };
    const { accountId } = visitor.account;
    const source = { accountId, address: visitor.origin.address };
    const decision = await this.brake.attempt(source);
    if (!decision.allowed) {
      this.record(visitor, 'braked');
      return { outcome: 'braked', retryAfterSeconds: Math.ceil(decision.retryAfterMs / 1000) };
    }
    const id = await this.devices.enter(code, accountId).catch(async (error: unknown) => {
      await this.withdraw(source);
      throw error;
    });
    this.record(visitor, id === null ? 'unknown_code' : null);
    if (id === null) return { outcome: 'unknown' };
    await this.withdraw(source);
    return { outcome: 'entered', id };
  }

  // Time forgets what cannot be taken back; nobody is refused for it.
  private async withdraw(source: UserCodeSource): Promise<void> {
    await this.brake.withdraw(source).catch((error: unknown) => {
      this.logger.warn(`an attempt at a user code stays counted: ${String(error)}`);
    });
  }

  private record({ origin, account, session }: Visitor, reason: string | null): void {
    this.audit.record({
      ...{ origin, type: 'device.code_entered', accountId: account.accountId, sid: session.sid },
      ...(reason === null ? { outcome: 'success' } : { outcome: 'failure', reason }),
    });
  }
}
