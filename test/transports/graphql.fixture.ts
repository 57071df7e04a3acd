/** Resolvers, and applications of both of Nest's GraphQL drivers. */
import { type AddressInfo } from 'node:net';
import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import {
  Inject,
  Injectable,
  Module,
  type DynamicModule,
  type INestApplication,
  type Type,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  GraphQLModule,
  Mutation,
  Query,
  ResolveField,
  Resolver,
  Subscription,
  Field,
  ObjectType,
} from '@nestjs/graphql';
import { type MercuriusDriver, type MercuriusDriverConfig } from '@nestjs/mercurius';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import {
  Authenticated,
  AuthModule,
  CurrentPrincipal,
  GraphqlSubscriptions,
  Public,
  Scopes,
  type AuthModuleOptions,
  type Principal,
  type TrustOptions,
} from '@keyward/auth';
import { jest } from '@jest/globals';
import { createClient, type Client } from 'graphql-ws';
import { EventEmitter, on } from 'node:events';
import { WebSocket } from 'ws';

/** The drivers that the tests run on, each with the HTTP platform that it goes with. */
export const DRIVERS = ['Apollo', 'Mercurius'] as const;
export type Driver = (typeof DRIVERS)[number];

export const SHOP = 'https://shop.example';

/** What subscriptions wait for. */
@Injectable()
export class News {
  readonly #emitter = new EventEmitter();

  publish(text: string): void {
    this.#emitter.emit('news', text);
  }

  async *follow(): AsyncGenerator<{ news: string }> {
    for await (const [text] of on(this.#emitter, 'news')) yield { news: text as string };
  }
}

@ObjectType('Order')
class Order {
  @Field(() => String) id!: string;
  @Field(() => String) note!: string;
  @Field(() => String) margin!: string;
}

@Resolver(() => Order)
class OrdersResolver {
  constructor(@Inject(News) private readonly news: News) {}

  @Query(() => String) @Authenticated() me(@CurrentPrincipal() { subject }: Principal): string {
    return subject;
  }

  @Query(() => [Order]) @Scopes('orders:read') orders(): object[] {
    return [{ id: '1' }];
  }

  @Query(() => String) @Public() version(@CurrentPrincipal() caller: unknown): string {
    return caller === undefined ? 'nobody' : 'somebody';
  }

  @Mutation(() => String) @Scopes('orders:write') place(): string {
    return 'placed';
  }

  @Subscription(() => String, { name: 'news' }) @Scopes('news:read') follow(): object {
    return this.news.follow();
  }

  @ResolveField(() => String) note(): string {
    return 'as its operation';
  }
}

/** The same, and a field that asks for more than its operation. */
@Resolver(() => Order)
class MarginResolver extends OrdersResolver {
  @ResolveField(() => String) @Scopes('orders:margin') margin(): string {
    return '12%';
  }
}

/** What a test decides. */
export interface GraphqlOptions {
  readonly trust: TrustOptions;
  /** Default none: Nest calls guards for operations alone. */
  readonly fieldResolverEnhancers?: readonly 'guards'[];
  /** Adds a field with a decorator of its own. */
  readonly margin?: boolean;
  readonly auth?: Partial<AuthModuleOptions>;
  /** False leaves subscriptions without `GraphqlSubscriptions`. */
  readonly protect?: boolean;
}

/** An application that listens. @throws what keeps it from starting */
export async function startGraphql(
  driver: Driver,
  options: GraphqlOptions,
): Promise<{ app: INestApplication; url: string; news: News }> {
  const adapter = driver === 'Apollo' ? new ExpressAdapter() : new FastifyAdapter();
  const app = await NestFactory.create(await moduleOf(driver, options), adapter as ExpressAdapter, {
    logger: false,
    abortOnError: false,
  });
  try {
    await app.listen(0, '127.0.0.1');
  } catch (error) {
    await app.close();
    throw error;
  }
  const { port } = app.getHttpServer().address() as AddressInfo;
  return { app, url: `http://127.0.0.1:${port}/graphql`, news: app.get(News) };
}

async function moduleOf(driver: Driver, options: GraphqlOptions): Promise<DynamicModule> {
  const { trust, auth, margin = false, protect = true } = options;
  const allowedOrigins = [SHOP];
  const common = {
    autoSchemaFile: true,
    fieldResolverEnhancers: [...(options.fieldResolverEnhancers ?? [])],
  };
  const graphql =
    driver === 'Apollo'
      ? GraphQLModule.forRootAsync<ApolloDriverConfig>({
          driver: ApolloDriver,
          inject: [GraphqlSubscriptions],
          useFactory: (subscriptions: GraphqlSubscriptions) => ({
            ...common,
            subscriptions: {
              'graphql-ws': protect ? subscriptions.graphqlWs({ allowedOrigins }) : true,
            },
          }),
        })
      : GraphQLModule.forRootAsync<MercuriusDriverConfig>({
          driver: await mercuriusDriver(),
          inject: [GraphqlSubscriptions],
          useFactory: (subscriptions: GraphqlSubscriptions) => ({
            ...common,
            subscription: protect ? subscriptions.mercurius({ allowedOrigins }) : true,
          }),
        });
  @Module({})
  class ApplicationModule {}
  return {
    module: ApplicationModule,
    imports: [AuthModule.forRoot({ trusts: [trust], ...auth }), graphql],
    providers: [News, margin ? MarginResolver : OrdersResolver],
  };
}

/**
 * Mercurius loads the server of GraphiQL's files, which is not asked for here, by a `require` of an ES
 * module: Node can do that, Jest can not before Node 24.
 */
async function mercuriusDriver(): Promise<Type<MercuriusDriver>> {
  jest.mock('@fastify/static', () => () => undefined);
  return (await import('@nestjs/mercurius')).MercuriusDriver;
}

/** What an operation over HTTP was answered with. */
export interface GraphqlAnswer {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly { message: string; extensions?: Record<string, unknown> }[];
  readonly challenge: string | null;
}

/** Sends an operation over HTTP. */
export async function query(url: string, text: string, token?: string): Promise<GraphqlAnswer> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify({ query: text }),
  });
  const body = (await response.json()) as Omit<GraphqlAnswer, 'challenge'>;
  return { ...body, challenge: response.headers.get('www-authenticate') };
}

/** A client of graphql-ws, and how its connection ended. */
export interface Subscriber {
  readonly client: Client;
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
}

/** Connects when it is first used. */
export function subscriber(
  url: string,
  connectionParams: object,
  headers: object = {},
): Subscriber {
  class WebSocketWithHeaders extends WebSocket {
    constructor(address: string, protocols: string) {
      super(address, protocols, { headers: { ...headers } });
    }
  }
  let end: (event: { code: number; reason: string }) => void;
  const closed = new Promise<{ code: number; reason: string }>((resolve) => (end = resolve));
  const client = createClient({
    url: url.replace('http:', 'ws:'),
    webSocketImpl: WebSocketWithHeaders,
    connectionParams: { ...connectionParams },
    retryAttempts: 0,
    on: { closed: (event) => end(event as { code: number; reason: string }) },
  });
  return { client, closed };
}
