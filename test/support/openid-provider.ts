/** auth-service as a process, with two persons and clients of every kind, on a database of its own. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestDatabase, type RedisAccess } from '@keyward/auth-service/testing';
import { type AppProcess } from './app-process.js';
import { startAuthService } from './auth-service.js';
import { type HttpBrowser, type HttpPage } from './http-browser.js';
import { CLIENT_SECRET, type ProviderClient, providerDocument } from './openid-provider.clients.js';

/** Someone who has an account. */
export interface Person {
  readonly accountId: string;
  readonly username: string;
  readonly password: string;
}

/** What a provider may be started with. */
export interface OpenIdProviderOptions {
  /** Clients beside those of openid-provider.clients.ts, as the bootstrap file writes them. */
  readonly clients?: readonly object[];
  /** Resources and partners of tokens for tokens, in the same way. */
  readonly resources?: readonly object[];
  readonly partners?: readonly object[];
  /** Providers by which people may sign in, in the same way. */
  readonly upstreams?: readonly object[];
  /** What may be asked for as data (RFC 9396). */
  readonly authorizationDetailsTypes?: readonly object[];
  /** The identifier of the resource that has orders. Default: one that is nowhere. */
  readonly orders?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Processes that share everything. Default: one, with the in-process stores. */
  readonly processes?: number;
  /** Needed by more than one process. */
  readonly redis?: RedisAccess;
}

/** A running authorization server, as one process or as replicas. */
export class OpenIdProvider {
  readonly alice = person('3f0e8d2a-5b1c-4e6f-8a7d-9c2b1e0f4a6d', 'alice');
  readonly bob = person('7c9a1b3e-2d4f-4a5b-9e8c-6f0d1a2b3c4d', 'bob');
  readonly replicas: AppProcess[] = [];

  private constructor(
    /** Thrown away with the provider. */
    readonly directory: string,
    private readonly database: { readonly url: string; drop(): Promise<void> },
  ) {}

  static async start(options: OpenIdProviderOptions = {}): Promise<OpenIdProvider> {
    const directory = await mkdtemp(join(tmpdir(), 'keyward-openid-'));
    const provider = new OpenIdProvider(directory, await createTestDatabase());
    await writeFile(
      join(directory, 'bootstrap.json'),
      JSON.stringify(await providerDocument(provider.people, options)),
    );
    for (let i = 0; i < (options.processes ?? 1); i += 1) {
      provider.replicas.push(await startAuthService(provider.environment(options)));
    }
    return provider;
  }

  /** The origin of the first process, which is what all of them call themselves. */
  get issuer(): string {
    return this.replicas[0]?.url ?? '';
  }

  /** Everything that the processes wrote. */
  get output(): string {
    return this.replicas.map(({ output }) => output).join('');
  }

  /** The URL to which a client sends a browser. */
  authorizationUrl(parameters: Readonly<Record<string, string>>): string {
    return `${this.issuer}/oauth2/authorize?${new URLSearchParams(parameters).toString()}`;
  }

  /**
   * Does what the pages ask of a person: signs in, keeps the account, allows. Stops where a page
   * asks for nothing, and where the browser has left.
   * @throws Error where the same page is shown again
   */
  async complete(browser: HttpBrowser, from: HttpPage, who = this.alice): Promise<HttpPage> {
    let page = from;
    while (page.url.origin === this.issuer && page.form !== null) {
      const { form, url } = page;
      const { username, password } = who;
      if ('password' in form.fields) page = await browser.submit(page, { username, password });
      else if ('choice' in form.buttons) page = await browser.submit(page, { choice: 'continue' });
      else if ('decision' in form.buttons) page = await browser.submit(page, { decision: 'allow' });
      else return browser.submit(page);
      if (page.url.href === url.href) throw new Error(`shown again:\n${page.html}`);
    }
    return page;
  }

  /** POSTs a form with the credentials of a client. */
  post(
    path: string,
    client: ProviderClient | null,
    form: Readonly<Record<string, string>> | URLSearchParams,
  ): Promise<Response> {
    const url = path.startsWith('http') ? path : `${this.issuer}${path}`;
    const body = new URLSearchParams(form);
    if (client?.method === 'client_secret_post') {
      body.set('client_id', client.id);
      body.set('client_secret', client.secret);
    }
    if (client?.method === 'none') body.set('client_id', client.id);
    const headers = client?.method === 'client_secret_basic' ? basic(client) : {};
    return fetch(url, { method: 'POST', headers, body });
  }

  async stop(): Promise<void> {
    for (const replica of this.replicas) await replica.stop();
    await this.database.drop();
    await rm(this.directory, { recursive: true });
  }

  private get people(): readonly Person[] {
    return [this.alice, this.bob];
  }

  private environment({ environment, redis }: OpenIdProviderOptions): Record<string, string> {
    const first = this.replicas[0];
    return {
      DATABASE_URL: this.database.url,
      KEYWARD_DATA_DIR: join(this.directory, 'data'),
      AUTH_BOOTSTRAP_FILE: join(this.directory, 'bootstrap.json'),
      ...(redis && { REDIS_URL: redis.url, REDIS_KEY_PREFIX: redis.keyPrefix }),
      ...(first && { AUTH_ISSUER: first.url }),
      CLIENT_SECRET,
      ...Object.fromEntries(
        this.people.map((who) => [`PASSWORD_OF_${who.username}`, who.password]),
      ),
      ...environment,
    };
  }
}

function person(accountId: string, username: string): Person {
  return { accountId, username, password: randomBytes(12).toString('base64url') };
}

function basic({ id, secret }: ProviderClient): Record<string, string> {
  const credentials = `${encodeURIComponent(id)}:${encodeURIComponent(secret)}`;
  return { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` };
}
