/** auth-service inside this process, with a person who is signed in and everything that tokens are made of. */
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestDatabase, DpopKey } from '@keyward/auth-service/testing';
import {
  ADMIN_AUDIT_SCOPE,
  ADMIN_CLIENTS_SCOPE,
  ADMIN_KEYS_SCOPE,
  ADMIN_SESSIONS_SCOPE,
  ADMINISTRATION_PATH,
  REVOCATIONS_READ_SCOPE,
  TOKEN_EXCHANGE_GRANT,
} from '@keyward/oauth';
import { decodeJwt } from 'jose';
import { freeLoopbackPort } from '../support/free-loopback-port.js';
import { HttpBrowser, type HttpPage } from '../support/http-browser.js';
import {
  CLIENT_SECRET,
  ORDERS,
  PAYMENTS,
  providerDocument,
  WEB,
} from '../support/openid-provider.clients.js';
import { type BuiltApplication, builtApplication } from './built.module.js';
import { type Values } from './http.input.js';
import { collectFastifyRoutes, type Route } from './routes.js';

/** Who signs in. Guesses are made for others, so that nothing brakes it. */
const ALICE = { accountId: '3f0e8d2a-5b1c-4e6f-8a7d-9c2b1e0f4a6d', username: 'alice' };
const BOB = { accountId: '7c9a1b3e-2d4f-4a5b-9e8c-6f0d1a2b3c4d', username: 'bob' };
const PASSWORD = 'correct horse battery staple';
const VERIFIER = 'v'.repeat(43);
/** The challenge of {@link VERIFIER}. */
export const CHALLENGE = createHash('sha256').update(VERIFIER).digest('base64url');
const ADMIN_SCOPES = [
  ADMIN_AUDIT_SCOPE,
  ADMIN_CLIENTS_SCOPE,
  ADMIN_KEYS_SCOPE,
  ADMIN_SESSIONS_SCOPE,
];
const SCOPE = 'openid profile offline_access orders:read';

/** More for the bootstrap file, and settings. */
export interface WorldOptions {
  readonly clients?: readonly object[];
  readonly resources?: readonly object[];
  /** Default: the stores inside the process. */
  readonly redisUrl?: string;
}

export class AuthServiceWorld {
  #values: Values = {};

  private constructor(
    readonly port: number,
    readonly routes: readonly Route[],
    private readonly app: BuiltApplication,
    private readonly cleanUp: () => Promise<void>,
  ) {}

  static async start(options: WorldOptions = {}): Promise<AuthServiceWorld> {
    const [database, port] = [await createTestDatabase(), await freeLoopbackPort()];
    const directory = await mkdtemp(join(tmpdir(), 'keyward-fuzz-'));
    const issuer = `http://127.0.0.1:${port}`;
    const file = join(directory, 'bootstrap.json');
    await writeFile(file, JSON.stringify(await documentOf(issuer, options)));
    const app = await builtApplication(
      'auth-service',
      {
        ...{
          NODE_ENV: 'test',
          AUTH_HOST: '127.0.0.1',
          AUTH_PORT: String(port),
          AUTH_ISSUER: issuer,
        },
        ...{ AUTH_BOOTSTRAP_FILE: file, KEYWARD_DATA_DIR: directory, DATABASE_URL: database.url },
        ...{ CLIENT_SECRET, PASSWORD_OF_alice: PASSWORD, PASSWORD_OF_bob: PASSWORD },
        // A fuzzer asks more often than anybody may, and would see nothing but that.
        ...{ AUTH_LIMIT_REFUSED: 'off', AUTH_LIMIT_AUTHORIZATION: 'off', AUTH_LIMIT_PAGES: 'off' },
        ...{ AUTH_LIMIT_ADMINISTRATION: 'off', AUTH_LIMIT_USERINFO: 'off' },
        REDIS_URL: options.redisUrl ?? '',
        REDIS_KEY_PREFIX: `keyward-fuzz-${port}-${process.pid}:`,
        // Every request may then be of an address of its own, or one brake would be in the way of all.
        AUTH_TRUSTED_PROXIES: '127.0.0.1',
      },
      { logLevels: [] },
    );
    const routes = collectFastifyRoutes(app);
    await app.listen(port, '127.0.0.1');
    return new AuthServiceWorld(port, routes, app, async () => {
      await database.drop();
      await rm(directory, { recursive: true });
    });
  }

  get issuer(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  values(): Values {
    return this.#values;
  }

  /** Signs alice in and asks for everything anew. */
  async renew(): Promise<void> {
    const browser = new HttpBrowser([this.issuer]);
    const tokens = await this.#redeem(await this.#code(browser));
    const spare = await this.#code(browser);
    const waiting = new HttpBrowser([this.issuer]);
    const page = await waiting.open(this.#authorizationUrl());
    const account = await browser.open(`${this.issuer}/account`);
    const admin = await this.#token('administrator', { grant_type: 'client_credentials' });
    const orders = await this.#token('orders-rs', {
      ...{ grant_type: 'client_credentials', scope: REVOCATIONS_READ_SCOPE },
    });
    const dpop = await DpopKey.generate();
    const { sid = '' } = decodeJwt(tokens.id_token ?? '') as { sid?: string };
    const { grant_id: grantId = '' } = decodeJwt(tokens.access_token) as { grant_id?: string };
    const keys = (await (await fetch(`${this.issuer}/.well-known/jwks.json`)).json()) as {
      keys: { kid: string }[];
    };
    this.#values = {
      ...{ issuer: this.issuer, sid, grantId, accountId: BOB.accountId },
      ...{ code: spare, verifier: VERIFIER, challenge: CHALLENGE, admin: admin.access_token },
      ...{
        access: tokens.access_token,
        refresh: tokens.refresh_token ?? '',
        id: tokens.id_token ?? '',
      },
      ...{ feed: orders.access_token, secret: CLIENT_SECRET, kid: keys.keys[0]?.kid ?? '' },
      cookie: cookieOf(browser, this.issuer),
      waitingCookie: cookieOf(waiting, this.issuer),
      interaction: /interaction\/([^/?]+)/.exec(page.url.pathname)?.[1] ?? '',
      csrf: csrfOf(page),
      accountCsrf: csrfOf(account),
      dpop: await dpop.proof(`${this.issuer}/oauth2/token`),
      ...Object.fromEntries(
        ['web', 'house', 'administrator', 'orders-rs', 'exchanger'].map((id) => [
          `basic:${id}`,
          Buffer.from(`${id}:${CLIENT_SECRET}`).toString('base64'),
        ]),
      ),
    };
  }

  async close(): Promise<void> {
    await this.app.close();
    await this.cleanUp();
  }

  #authorizationUrl(): string {
    const parameters = new URLSearchParams({
      ...{ client_id: WEB.id, redirect_uri: WEB.redirectUri, response_type: 'code', scope: SCOPE },
      ...{ state: 's', nonce: 'n', prompt: 'consent', resource: ORDERS },
      ...{ code_challenge: CHALLENGE, code_challenge_method: 'S256' },
    });
    return `${this.issuer}/oauth2/authorize?${parameters.toString()}`;
  }

  /** Signs alice in at an application with a backend, and begins a sign-in in another browser. */
  async visit(shop: string): Promise<{ cookie: string; begun: string; state: string }> {
    const browser = new HttpBrowser([this.issuer, shop]);
    const page = await this.#complete(browser, await browser.open(`${shop}/bff/login`));
    if (page.url.origin !== shop) throw new Error(`alice cannot sign in: ${page.html}`);
    const beginner = new HttpBrowser([shop]);
    const door = await beginner.open(`${shop}/bff/login`);
    const state = door.url.searchParams.get('state') ?? '';
    return { cookie: cookieOf(browser, shop), begun: cookieOf(beginner, shop), state };
  }

  async #code(browser: HttpBrowser): Promise<string> {
    const page = await this.#complete(browser, await browser.open(this.#authorizationUrl()));
    const code = page.url.searchParams.get('code');
    if (code === null) throw new Error(`alice cannot sign in: ${page.url.href}\n${page.html}`);
    return code;
  }

  /** Does what the pages ask of a person. */
  async #complete(browser: HttpBrowser, from: HttpPage): Promise<HttpPage> {
    let page = from;
    for (let step = 0; step < 5; step += 1) {
      if (page.url.origin !== this.issuer || page.form === null) break;
      const { fields, buttons } = page.form;
      const answer: Record<string, string> = {};
      if ('password' in fields)
        Object.assign(answer, { username: ALICE.username, password: PASSWORD });
      else if ('choice' in buttons) answer['choice'] = 'continue';
      else if ('decision' in buttons) answer['decision'] = 'allow';
      page = await browser.submit(page, answer);
    }
    return page;
  }

  #redeem(code: string): Promise<TokenAnswer> {
    const form = { grant_type: 'authorization_code', code, code_verifier: VERIFIER };
    return this.#token(WEB.id, { ...form, redirect_uri: WEB.redirectUri });
  }

  async #token(clientId: string, form: Record<string, string>): Promise<TokenAnswer> {
    const credentials = Buffer.from(`${clientId}:${CLIENT_SECRET}`).toString('base64');
    const response = await fetch(`${this.issuer}/oauth2/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${credentials}` },
      body: new URLSearchParams(form),
    });
    if (response.status !== 200) throw new Error(`${clientId}: ${await response.text()}`);
    return (await response.json()) as TokenAnswer;
  }
}

interface TokenAnswer {
  readonly access_token: string;
  readonly refresh_token?: string;
  readonly id_token?: string;
}

function cookieOf(browser: HttpBrowser, origin: string): string {
  return [...browser.cookiesOf(origin)].map(([name, value]) => `${name}=${value}`).join('; ');
}

function csrfOf({ form }: HttpPage): string {
  return form?.fields['form_token'] ?? '';
}

function documentOf(
  issuer: string,
  { clients = [], resources = [] }: WorldOptions,
): Promise<object> {
  const machine = (id: string, scope: string, more: object = {}) => ({
    ...{ client_id: id, name: id, token_endpoint_auth_method: 'client_secret_basic' },
    ...{
      client_secret: { env: 'CLIENT_SECRET' },
      grant_types: ['client_credentials'],
      scope,
      ...more,
    },
  });
  return providerDocument([ALICE, BOB], {
    authorizationDetailsTypes: [],
    resources: [
      {
        identifier: `${issuer}${ADMINISTRATION_PATH}`,
        name: 'Administration',
        scopes: ADMIN_SCOPES,
      },
      { identifier: 'https://feed.example.com', name: 'Feed', scopes: ['feed:read'] },
      ...resources,
    ],
    clients: [
      machine('administrator', ADMIN_SCOPES.join(' ')),
      machine('orders-rs', REVOCATIONS_READ_SCOPE, { own_resource: 'https://feed.example.com' }),
      machine('exchanger', 'payments:read', {
        grant_types: ['client_credentials', TOKEN_EXCHANGE_GRANT],
        own_resource: ORDERS,
        token_exchange: { resources: [PAYMENTS] },
      }),
      ...clients,
    ],
  });
}
