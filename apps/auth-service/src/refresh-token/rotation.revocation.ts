/** Ends the lineages of revoked grants in the hot store, and knows when it lags behind. */
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { TemporarilyUnavailableError } from '@keyward/oauth';
import { type PositionedRevocation, type Revocation } from '../revocation/revocation.js';
import { RevocationRelay } from '../revocation/revocation.relay.js';
import { RevocationSink } from '../revocation/revocation.sink.js';
import { RotationRecord } from './rotation.record.js';
import { RotationStore } from './rotation.store.js';

/** For every refresh that has nothing to wait for, which is nearly every one. */
const DONE = Promise.resolve();

/** A sink of the relay: it is told of every revocation that the record holds, until it took it. */
@Injectable()
export class RotationRevocation extends RevocationSink implements OnModuleInit {
  private taking: Promise<void> | null = null;
  private isBehind = false;
  /** Grants whose lineages may still look live in the hot store, because the record cannot name them. */
  private readonly known = new Set<string>();

  constructor(
    private readonly relay: RevocationRelay,
    private readonly record: RotationRecord,
    private readonly store: RotationStore,
  ) {
    super();
  }

  onModuleInit(): void {
    this.relay.addSink(this);
  }

  take(revocations: readonly PositionedRevocation[]): Promise<void> {
    const taken = this.takeAll(revocations);
    const taking: Promise<void> = taken.then(
      () => this.finish(taking, false),
      // What fails comes again, all of it, so a later success makes it good.
      () => this.finish(taking, true),
    );
    this.taking = taking;
    return taken;
  }

  override know(revocations: readonly Revocation[]): void {
    for (const { kind, value } of revocations) if (kind === 'grant') this.known.add(value);
  }

  /** Whether the grant was revoked although its lineage may look live in the hot store. */
  isKnownRevoked(grantId: string): boolean {
    return this.known.size > 0 && this.known.has(grantId);
  }

  /**
   * Resolves when every revocation that this process knows of is in the hot store: before that, no
   * refresh is decided there.
   *
   * @throws TemporarilyUnavailableError where that cannot be had now
   */
  catchUp(): Promise<void> {
    const isCaughtUp = this.relay.isSettled && this.taking === null && !this.isBehind;
    return isCaughtUp ? DONE : this.waitUntilCaughtUp();
  }

  private async waitUntilCaughtUp(): Promise<void> {
    await this.relay.catchUp();
    await this.taking;
    if (!this.isBehind) return;
    throw new TemporarilyUnavailableError(
      'the server cannot answer now',
      'a revocation has not reached the hot store of refresh tokens yet',
    );
  }

  private async takeAll(revocations: readonly PositionedRevocation[]): Promise<void> {
    const grantIds = revocations.filter(({ kind }) => kind === 'grant').map(({ value }) => value);
    const lineages = grantIds.length === 0 ? [] : await this.record.findByGrants(grantIds);
    await Promise.all(
      lineages.map(({ handle, absoluteExpiresMs }) => this.store.revoke(handle, absoluteExpiresMs)),
    );
    grantIds.forEach((grantId) => this.known.delete(grantId));
  }

  private finish(taking: Promise<void>, isBehind: boolean): void {
    this.isBehind = isBehind;
    if (this.taking === taking) this.taking = null;
  }
}
