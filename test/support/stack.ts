/** The whole path as processes: auth-service and orders-service with clients that can be used. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createTestDatabase } from '@keyward/auth-service/testing';
import { type AppProcess } from './app-process.js';
import { startAuthService } from './auth-service.js';
import { freeLoopbackPort } from './free-loopback-port.js';
import { startOrdersService } from './orders-service.js';

const BOOTSTRAP_FILE = fileURLToPath(new URL('../../deploy/bootstrap.json', import.meta.url));

/** A client of the stack. */
export interface StackClient {
  readonly id: string;
  readonly secret: string;
}

/** What a test tells the applications besides. */
export interface StackVariables {
  readonly authService?: Readonly<Record<string, string>>;
  readonly ordersService?: Readonly<Record<string, string>>;
}

/** Both applications on a database of their own, with the clients of deploy/bootstrap.json. */
export class Stack {
  readonly reader = client('demo-client');
  readonly writer = client('demo-writer');
  readonly web = client('demo-web');
  readonly storefront = client('storefront');
  readonly ordersClient = client('orders-service');
  readonly paymentsClient = client('payments-service');
  /** Of the account `demo`. */
  readonly password = randomBytes(24).toString('base64url');
  #authService!: AppProcess;
  #ordersService!: AppProcess;
  #authVariables: Readonly<Record<string, string>> = {};

  private constructor(
    private readonly directory: string,
    private readonly database: { readonly url: string; drop(): Promise<void> },
    private readonly authPort: string,
    private readonly ordersPort: string,
  ) {}

  /** Starts both; the in-process stores stand in for Redis, so that one set of tests needs none. */
  static async start(more: StackVariables = {}): Promise<Stack> {
    const directory = await mkdtemp(join(tmpdir(), 'keyward-stack-'));
    const [authPort, ordersPort] = [await freeLoopbackPort(), await freeLoopbackPort()].map(String);
    const stack = new Stack(
      directory,
      await createTestDatabase(),
      authPort ?? '',
      ordersPort ?? '',
    );
    stack.#authVariables = more.authService ?? {};
    await stack.startAuthService();
    stack.#ordersService = await startOrdersService({
      ORDERS_PORT: stack.ordersPort,
      ORDERS_ISSUER: stack.issuer,
      ORDERS_FILE: join(directory, 'orders.json'),
      ORDERS_DEMO_CUSTOMER: stack.reader.id,
      ORDERS_CLIENT_SECRET: stack.ordersClient.secret,
      ...more.ordersService,
    });
    return stack;
  }

  get issuer(): string {
    return `http://127.0.0.1:${this.authPort}`;
  }

  /** Origin and audience of orders-service. */
  get orders(): string {
    return `http://127.0.0.1:${this.ordersPort}`;
  }

  /** Everything that both applications wrote. */
  get output(): string {
    return this.#authService.output + this.#ordersService.output;
  }

  /** Starts auth-service anew on the same data; call after `killAuthService`. */
  async startAuthService(): Promise<void> {
    this.#authService = await startAuthService({
      AUTH_PORT: this.authPort,
      DATABASE_URL: this.database.url,
      KEYWARD_DATA_DIR: join(this.directory, 'data'),
      AUTH_BOOTSTRAP_FILE: BOOTSTRAP_FILE,
      ORDERS_AUDIENCE: this.orders,
      KEYWARD_DEMO_CLIENT_SECRET: this.reader.secret,
      KEYWARD_DEMO_WRITER_SECRET: this.writer.secret,
      KEYWARD_DEMO_WEB_SECRET: this.web.secret,
      KEYWARD_STOREFRONT_SECRET: this.storefront.secret,
      KEYWARD_DEMO_USER_PASSWORD: this.password,
      KEYWARD_ORDERS_SERVICE_SECRET: this.ordersClient.secret,
      ...this.#authVariables,
      KEYWARD_PAYMENTS_SERVICE_SECRET: this.paymentsClient.secret,
    });
  }

  async killAuthService(): Promise<void> {
    await this.#authService.kill();
  }

  /** POSTs a form to auth-service with the client's credentials. */
  post(path: string, { id, secret }: StackClient, form: Record<string, string>): Promise<Response> {
    return fetch(`${this.issuer}${path}`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` },
      body: new URLSearchParams(form),
    });
  }

  /** An access token of `client` with all of its scope. */
  async token(client: StackClient): Promise<string> {
    const response = await this.post('/oauth2/token', client, { grant_type: 'client_credentials' });
    const { access_token } = (await response.json()) as { access_token: string };
    return access_token;
  }

  async stop(): Promise<void> {
    await this.#ordersService.stop();
    await this.#authService.stop();
    await this.database.drop();
    await rm(this.directory, { recursive: true });
  }
}

function client(id: string): StackClient {
  return { id, secret: `kws_${randomBytes(32).toString('base64url')}` };
}
