/** Every limit on requests: who is asked to wait, and what is settled behind the requests. */
import {
  Inject,
  Injectable,
  Logger,
  type OnModuleDestroy,
  type OnModuleInit,
} from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { type Client } from '../client/client.js';
import { limitsConfig, type LimitsConfig } from '../config/limits.config.js';
import { ENDPOINT_PATHS } from '../http/endpoint.paths.js';
import { type RequestOrigin } from '../http/request.origin.js';
import { type RequestLease } from './request.lease.js';
import { REQUEST_LIMIT_NAMES, type RequestLimitName } from './request-limit.names.js';
import { RequestLimiter } from './request.limiter.js';
import { RequestRateStore } from './request-rate.store.js';
import { addressBlock } from './sign-in.key.js';
import { TooManyRequestsError } from './too-many-requests.error.js';

/** How old what was let through may get before it is charged. */
const SETTLE_INTERVAL_MS = 250;

/** One line of refusals in this time. */
const LOG_INTERVAL_MS = 10_000;

const BY_PATH: readonly (readonly [string, RequestLimitName])[] = [
  [ENDPOINT_PATHS.token, 'token'],
  [ENDPOINT_PATHS.introspection, 'introspection'],
  [ENDPOINT_PATHS.revocation, 'revocation'],
  [ENDPOINT_PATHS.pushedAuthorization, 'par'],
  [ENDPOINT_PATHS.deviceAuthorization, 'device'],
];

/** What has been counted under one limit since the start, for metrics. */
export interface RequestLimitCount {
  readonly limit: RequestLimitName;
  readonly allowed: number;
  readonly refused: number;
}

/** A limit that is off is not there, and lets everything through. */
@Injectable()
export class RequestLimits implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger('Limits');
  private readonly limiters = new Map<RequestLimitName, RequestLimiter>();
  private readonly byPath = new Map<string, RequestLimiter | undefined>();
  private readonly told = new Map<RequestLimitName, number>();
  private timer: NodeJS.Timeout | undefined;
  private toldAtMs = -Infinity;

  constructor(
    @Inject(limitsConfig.KEY) rates: LimitsConfig,
    private readonly store: RequestRateStore,
  ) {
    for (const name of REQUEST_LIMIT_NAMES) {
      const rate = rates[name];
      if (rate) this.limiters.set(name, new RequestLimiter(name, rate, store));
    }
    for (const [path, name] of BY_PATH) this.byPath.set(path, this.limiters.get(name));
  }

  onModuleInit(): void {
    this.timer = setInterval(() => {
      this.settle().catch((error: unknown) => this.logger.error('settling failed', error));
      this.tellRefusals();
    }, SETTLE_INTERVAL_MS).unref();
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    await this.settle();
    this.tellRefusals(true);
  }

  /**
   * Counts a request by whoever it is of.
   * @returns nothing where it may go on at once, as nearly always
   * @throws TooManyRequestsError where it may not; by the promise where there is one
   */
  admit(name: RequestLimitName, key: string): Promise<void> | undefined {
    const limiter = this.limiters.get(name);
    return limiter && admitBy(limiter, key);
  }

  /**
   * Counts a request of a client that was authenticated, under the limit of its endpoint.
   */
  admitClient(
    request: Pick<FastifyRequest, 'url' | 'routeOptions'>,
    client: Client,
    origin: RequestOrigin,
  ): Promise<void> | undefined {
    // A query, or another spelling of the path, is no way around a limit.
    const limiter = this.byPath.get(request.url) ?? this.byPath.get(request.routeOptions.url ?? '');
    if (limiter === undefined) return undefined;
    const { clientId, authenticationMethod } = client;
    // Anybody may say the id of a public client: nobody can use up what others have by that.
    const isProven = authenticationMethod !== 'none';
    return admitBy(limiter, isProven ? clientId : `${clientId} ${addressBlock(origin.address)}`);
  }

  /** Counts a request by the address that it came from; of IPv6 the /64 counts. */
  admitAddress(name: RequestLimitName, origin: RequestOrigin): Promise<void> | undefined {
    return this.admit(name, addressBlock(origin.address));
  }

  /** Whether an address is certainly over a limit now; counts nothing. */
  isExhausted(name: RequestLimitName, origin: RequestOrigin): boolean {
    const limiter = this.limiters.get(name);
    return limiter?.isAnyExhausted === true && limiter.isExhausted(addressBlock(origin.address));
  }

  /** Whether a limit is in force. */
  has(name: RequestLimitName): boolean {
    return this.limiters.has(name);
  }

  /** For metrics: asking costs the requests nothing. */
  counts(): readonly RequestLimitCount[] {
    return [...this.limiters].map(([limit, { allowed, refused }]) => ({ limit, allowed, refused }));
  }

  private async settle(): Promise<void> {
    const due: [RequestLimiter, RequestLease][] = [];
    for (const limiter of this.limiters.values()) {
      for (const lease of limiter.unsettled()) due.push([limiter, lease]);
    }
    if (due.length === 0) return;
    const settlements = due.map(([limiter, lease]) => limiter.settlementOf(lease));
    const settling = this.store
      .settle(settlements)
      .then((answers) => {
        due.forEach(([limiter, lease], index) => {
          const answer = answers[index];
          if (answer !== undefined) limiter.settled(lease, answer);
        });
      })
      .finally(() => {
        for (const [, lease] of due) lease.settling = null;
      });
    // Nobody settles them a second time meanwhile, which would lend more than one lease.
    for (const [, lease] of due) lease.settling = settling;
    await settling;
  }

  private tellRefusals(atOnce = false): void {
    const now = performance.now();
    if (!atOnce && now - this.toldAtMs < LOG_INTERVAL_MS) return;
    const news = this.counts().flatMap(({ limit, refused }) => {
      const untold = refused - (this.told.get(limit) ?? 0);
      this.told.set(limit, refused);
      return untold === 0 ? [] : [`${limit} ${untold}`];
    });
    if (news.length === 0) return;
    this.toldAtMs = now;
    this.logger.warn(`requests refused by limits: ${news.join(', ')}`);
  }
}

function admitBy(limiter: RequestLimiter, key: string): Promise<void> | undefined {
  const waitMs = limiter.take(key);
  if (waitMs === 0) return undefined;
  if (typeof waitMs === 'number')
    throw new TooManyRequestsError(limiter.name, limiter.rate, waitMs);
  return waitMs.then((ms) => {
    if (ms > 0) throw new TooManyRequestsError(limiter.name, limiter.rate, ms);
  });
}
