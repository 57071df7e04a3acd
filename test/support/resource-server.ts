/** Starts a real Nest application, on Express or on Fastify, that AuthModule protects. */
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import {
  Injectable,
  Logger,
  type CallHandler,
  type ExecutionContext,
  type INestApplication,
  type LoggerService,
  type NestInterceptor,
  type Provider,
  type Type,
} from '@nestjs/common';
import { APP_INTERCEPTOR, NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import {
  AuthModule,
  LoggingAuthObserver,
  type AuthModuleExtras,
  type AuthModuleOptions,
  type RefusedRequest,
  type ShadowComparison,
} from '@keyward/auth';
import { type Observable } from 'rxjs';
import { send, type Answer, type Call } from './resource-server-client.js';
import { OrdersController } from './resource-server-controllers.js';

/** The HTTP platforms that every attack is sent to. */
export const PLATFORMS = ['express', 'fastify'] as const;
export type Platform = (typeof PLATFORMS)[number];

/** Where the resource's metadata is said to be, in every challenge. */
export const RESOURCE_METADATA = 'https://orders.example/.well-known/oauth-protected-resource';

/** What a test decides; all but the trusts has a default. */
export interface ResourceServerOptions extends Omit<AuthModuleOptions, 'observer'> {
  readonly extras?: AuthModuleExtras;
  /** Default OrdersController. */
  readonly controllers?: readonly Type[];
  readonly providers?: readonly Provider[];
  /** Bytes of a request head. Default Node's own. */
  readonly maxHeaderSize?: number;
  /** Called before the application starts to listen. */
  readonly configure?: (app: INestApplication) => void;
}

/** Remembers everything that it is told of requests, and logs it as an application does by default. */
class RecordingObserver extends LoggingAuthObserver {
  readonly refusals: RefusedRequest[] = [];
  readonly comparisons: ShadowComparison[] = [];
  readonly reports: ReportedAnswer[] = [];
  dropped = 0;

  override requestRefused(refusal: RefusedRequest): void {
    this.refusals.push(refusal);
    super.requestRefused(refusal);
  }

  override shadowCompared(comparison: ShadowComparison): void {
    this.comparisons.push(comparison);
    super.shadowCompared(comparison);
  }

  override shadowDropped(): void {
    this.dropped += 1;
  }

  override requestReported(handler: string, refusal: RefusedRequest | undefined): void {
    this.reports.push({ handler, refusal });
    super.requestReported(handler, refusal);
  }
}

/** What would have been answered where nothing is enforced. */
export interface ReportedAnswer {
  readonly handler: string;
  readonly refusal: RefusedRequest | undefined;
}

/** A running resource server, and everything that could be seen from outside and inside. */
export class ResourceServer {
  /** `Controller.handler` of every handler that was reached. */
  readonly reached: string[] = [];
  /** Every line that was logged, by the library, by Nest and by the platform's adapter. */
  readonly logged: string[] = [];
  readonly #observer = new RecordingObserver();
  #app: INestApplication | undefined;

  private constructor(readonly platform: Platform) {}

  /** Rejects where the application refuses to start, and leaves nothing behind then. */
  static async start(platform: Platform, options: ResourceServerOptions): Promise<ResourceServer> {
    const { extras, controllers, providers, maxHeaderSize, configure, ...auth } = options;
    const server = new ResourceServer(platform);
    const root = {
      module: class ResourceServerModule {},
      imports: [
        AuthModule.forRoot({
          resourceMetadata: RESOURCE_METADATA,
          ...auth,
          ...extras,
          observer: server.#observer,
        }),
      ],
      controllers: [...(controllers ?? [OrdersController])],
      providers: [
        { provide: APP_INTERCEPTOR, useValue: new ReachedHandlers(server.reached) },
        ...(providers ?? []),
      ],
    };
    const adapter =
      platform === 'express' ? new SizedExpressAdapter(maxHeaderSize) : fastify(maxHeaderSize);
    const app = await NestFactory.create(root, adapter, {
      abortOnError: false,
      logger: recordingLogger(server.logged),
    });
    configure?.(app);
    try {
      await app.listen(0, '127.0.0.1');
    } catch (error) {
      await app.close();
      throw error;
    }
    server.#app = app;
    return server;
  }

  get app(): INestApplication {
    if (this.#app === undefined) throw new Error('the resource server is not running');
    return this.#app;
  }

  get port(): number {
    return (this.app.getHttpServer().address() as AddressInfo).port;
  }

  get refusals(): readonly RefusedRequest[] {
    return this.#observer.refusals;
  }

  /** What the shadow rules said, since the start. */
  get comparisons(): readonly ShadowComparison[] {
    return this.#observer.comparisons;
  }

  /** What would have been answered, since the start. */
  get reports(): readonly ReportedAnswer[] {
    return this.#observer.reports;
  }

  /** How many comparisons and reports were dropped, since the start. */
  get dropped(): number {
    return this.#observer.dropped;
  }

  /** Forgets what was seen so far. */
  forget(): void {
    this.#observer.refusals.length = 0;
    this.reached.length = 0;
    this.logged.length = 0;
  }

  /** One request; what was seen before it is forgotten. */
  async send(path: string, call: Call = {}): Promise<Answer> {
    this.forget();
    return send(this.port, path, call);
  }

  /** GETs `path` with a bearer token. */
  async get(path: string, token: string): Promise<Answer> {
    return this.send(path, { headers: { authorization: `Bearer ${token}` } });
  }

  async stop(): Promise<void> {
    await this.#app?.close();
    Logger.overrideLogger(false);
  }
}

/** Runs behind the guards and right before each handler, so that no handler runs unseen. */
@Injectable()
class ReachedHandlers implements NestInterceptor {
  constructor(private readonly reached: string[]) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    this.reached.push(`${context.getClass().name}.${context.getHandler().name}`);
    return next.handle();
  }
}

/** Express by Nest, on a server whose limit for request heads can be chosen. */
class SizedExpressAdapter extends ExpressAdapter {
  constructor(private readonly maxHeaderSize: number | undefined) {
    super();
  }

  override initHttpServer(): void {
    const { maxHeaderSize } = this;
    this.httpServer = createServer({ maxHeaderSize }, this.getInstance());
  }
}

function fastify(maxHeaderSize: number | undefined): FastifyAdapter {
  return new FastifyAdapter(maxHeaderSize === undefined ? {} : { http: { maxHeaderSize } });
}

function recordingLogger(lines: string[]): LoggerService {
  const record = (...message: unknown[]): void => {
    lines.push(message.map(String).join(' '));
  };
  return {
    log: record,
    error: record,
    warn: record,
    debug: record,
    verbose: record,
    fatal: record,
  };
}
