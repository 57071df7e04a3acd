/** Keeps the stream of revocations as the record is, and says that it is. */
import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
  type OnModuleInit,
} from '@nestjs/common';
import { RevocationRecord } from '../revocation.record.js';
import { RevocationRelay } from '../revocation.relay.js';
import { type RevocationSink } from '../revocation.sink.js';
import { RevocationStream } from './revocation.stream.js';

const INTERVAL_MS = 1000;
const TRIM_INTERVAL_MS = 60_000;

/** Revocations added at one time: a script must not hold up everyone else. */
const PAGE = 500;

/**
 * Every replica publishes, at once what it relayed and every second what others could not. What is in
 * the stream is read from the record each time: after a flush, a fail-over or a lost tail it is added
 * again, and a heartbeat comes only behind everything that the record holds.
 */
@Injectable()
export class RevocationPublisher
  implements RevocationSink, OnModuleInit, OnApplicationBootstrap, OnModuleDestroy
{
  private readonly logger = new Logger(RevocationPublisher.name);
  /** Where the stream ended when it was last seen. */
  private end: number | null = null;
  private trimAtMs = 0;
  private failing = false;
  private publishing: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;

  /** @param stream null where there is no Redis, and so nothing to do */
  constructor(
    private readonly record: RevocationRecord,
    private readonly relay: RevocationRelay,
    @Inject(RevocationStream) private readonly stream: RevocationStream | null,
  ) {}

  onModuleInit(): void {
    if (this.stream !== null) this.relay.addSink(this);
  }

  onApplicationBootstrap(): void {
    if (this.stream === null) return;
    let isBusy = false;
    this.timer = setInterval(() => {
      if (isBusy) return;
      isBusy = true;
      void this.take().then(() => (isBusy = false));
    }, INTERVAL_MS).unref();
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    await this.publishing;
  }

  /**
   * Publishes all that the record holds, these among it. Never rejects: what cannot be published now
   * is found in the record a second later, and until then the stream has no heartbeat.
   */
  take(): Promise<void> {
    const { stream } = this;
    if (stream === null) return Promise.resolve();
    this.publishing = this.publishing
      .then(() => this.publish(stream))
      .then(
        () => (this.failing = false),
        (error: unknown) => {
          if (!this.failing) this.logger.warn(`the stream of revocations waits: ${String(error)}`);
          this.failing = true;
        },
      )
      .then(() => undefined);
    return this.publishing;
  }

  private async publish(stream: RevocationStream): Promise<void> {
    for (;;) {
      const { end } = this;
      const { revocations, lastPosition } = await this.record.findAfter(end ?? 0, PAGE);
      if (end !== null && lastPosition < end) {
        // The record was restored from a backup: what it forgot may be given its positions again.
        await stream.clear(end);
        this.end = null;
        continue;
      }
      const isWhole = revocations.length < PAGE;
      const heartbeat = isWhole ? lastPosition : null;
      this.end = await stream.extend({ end, revocations, heartbeat });
      if (isWhole && this.end === lastPosition) break;
    }
    await this.trim(stream);
  }

  private async trim(stream: RevocationStream): Promise<void> {
    if (Date.now() < this.trimAtMs || this.end === null) return;
    const { revocations } = await this.record.findAfter(0, 1);
    await stream.trim(Math.min(revocations[0]?.position ?? this.end, this.end));
    this.trimAtMs = Date.now() + TRIM_INTERVAL_MS;
  }
}
