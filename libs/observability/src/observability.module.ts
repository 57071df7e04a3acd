/** Log, metrics and traces of one service, as a Nest module that all others may ask. */
import {
  ConfigurableModuleBuilder,
  Inject,
  Injectable,
  Module,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { AuthCounters, type AuthModuleOptions } from '@keyward/auth';
import { OpenTelemetryTracer } from '@keyward/auth/opentelemetry';
import { type ObservabilityOptions } from './configuration/observability.options.js';
import { type RequestObserver } from './http/request.observer.js';
import { ServiceDrain } from './lifecycle/service.drain.js';
import { RequestLog } from './logging/request.log.js';
import { MetricsServer } from './metrics/metrics.server.js';
import { RouteDurations } from './metrics/route.durations.js';
import { type ScrapedMetric } from './metrics/scraped.metric.js';
import { startTracing, type Tracing } from './tracing/tracing.js';

/** What the module is told. */
export interface ObservabilityModuleOptions {
  /** The service's name in every span. */
  readonly service: string;
  readonly observability: ObservabilityOptions;
}

const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } =
  new ConfigurableModuleBuilder<ObservabilityModuleOptions>()
    .setClassMethodName('forRoot')
    .setExtras({}, (definition) => ({ ...definition, global: true }))
    .build();

/** One a process. What the operator did not ask for is not there: no hook, no port, no span. */
@Injectable()
export class Observability implements OnApplicationBootstrap, OnApplicationShutdown {
  /** What the guards of the library decided; counted only while metrics are served. */
  readonly counters = new AuthCounters();
  private readonly metrics: ScrapedMetric[] = [];
  private server: MetricsServer | null = null;
  private tracing: Tracing | null = null;

  constructor(@Inject(MODULE_OPTIONS_TOKEN) private readonly options: ObservabilityModuleOptions) {}

  /** For the options of AuthModule. */
  get authOptions(): Pick<AuthModuleOptions, 'observer' | 'tracer'> {
    const { metrics, tracing } = this.options.observability;
    return {
      ...(metrics && { observer: this.counters }),
      ...(tracing && { tracer: new OpenTelemetryTracer() }),
    };
  }

  /** Adds what is scraped besides; before the application listens. */
  add(metrics: readonly ScrapedMetric[]): void {
    this.metrics.push(...metrics);
  }

  /**
   * Who has to be told of requests. Begins the traces; to be called once, before the application listens.
   * @param urls of services that are told which trace a request belongs to
   */
  async observers(urls: readonly (string | undefined)[] = []): Promise<readonly RequestObserver[]> {
    const { service, observability } = this.options;
    const { requestLog, metrics, tracing } = observability;
    const observers: RequestObserver[] = [];
    // The first one runs around the others, so that a line of the log knows its trace.
    this.tracing = await startTracing(service, tracing, urls);
    if (this.tracing !== null) observers.push(this.tracing.observer);
    if (requestLog.failures || requestLog.ratio > 0) observers.push(new RequestLog(requestLog));
    if (metrics !== undefined) {
      const durations = new RouteDurations();
      this.add(durations.metrics());
      observers.push(durations);
    }
    return observers;
  }

  /** @throws Error where the port is taken */
  async onApplicationBootstrap(): Promise<void> {
    const { metrics } = this.options.observability;
    if (metrics === undefined) return;
    this.server = new MetricsServer(this.metrics);
    await this.server.listen(metrics.host, metrics.port);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.server?.close();
    await this.tracing?.stop();
  }
}

@Module({ providers: [Observability, ServiceDrain], exports: [Observability, ServiceDrain] })
export class ObservabilityModule extends ConfigurableModuleClass {}
