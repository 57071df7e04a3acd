/** auth-service as a process, with people and clients that send their browsers to it. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestDatabase } from '@keyward/auth-service/testing';
import { DEVICE_CODE_GRANT } from '@keyward/oauth';
import pg from 'pg';
import { type AppProcess } from './app-process.js';
import { startAuthService } from './auth-service.js';
import { ClientServer } from './client-server.js';
import { freeLoopbackPort } from './free-loopback-port.js';

const USERNAME = 'ada@harbour.example';
/** The resource that has orders. */
export const ORDERS_RESOURCE = 'https://orders.harbour.example';

/** RFC 7636 appendix B. */
export const CODE_VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
const CODE_CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';

/** Parameters of an authorization request that say otherwise than usual. */
export type AuthorizationParameters = Readonly<Record<string, string>>;

/** A running auth-service; everybody signs in by hand. */
export class SignInStack {
  /** The one person who has an account. */
  readonly username = USERNAME;

  private constructor(
    private authService: AppProcess,
    private readonly environment: Readonly<Record<string, string>>,
    /** Its origin, as browsers know it. */
    readonly issuer: string,
    /** Where the clients `harbour` (asks for consent) and `house` (does not) are at home. */
    readonly client: ClientServer,
    private readonly directory: string,
    private readonly database: { readonly url: string; drop(): Promise<void> },
    readonly password: string,
  ) {}

  /**
   * @param host that the issuer is called by; passkeys belong to names, not to addresses
   * @param more of the environment
   */
  static async start(
    host: '127.0.0.1' | 'localhost' = '127.0.0.1',
    more: Readonly<Record<string, string>> = {},
  ): Promise<SignInStack> {
    const directory = await mkdtemp(join(tmpdir(), 'keyward-pages-'));
    const database = await createTestDatabase();
    const client = await ClientServer.start();
    const password = randomBytes(12).toString('base64url');
    const bootstrapFile = join(directory, 'bootstrap.json');
    await writeFile(bootstrapFile, JSON.stringify(bootstrapOf(client)));
    const port = String(await freeLoopbackPort());
    const issuer = `http://${host}:${port}`;
    const environment = {
      AUTH_PORT: port,
      AUTH_ISSUER: issuer,
      DATABASE_URL: database.url,
      KEYWARD_DATA_DIR: join(directory, 'data'),
      AUTH_BOOTSTRAP_FILE: bootstrapFile,
      PASSWORD_OF_ADA: password,
      ...more,
    };
    const authService = await startAuthService(environment);
    return new SignInStack(authService, environment, issuer, client, directory, database, password);
  }

  /** The URL to which a client sends a browser; by default `harbour`, which asks for a good deal. */
  authorizationUrl(change: AuthorizationParameters = {}): string {
    const parameters = {
      response_type: 'code',
      client_id: 'harbour',
      redirect_uri: `${this.client.origin}/callback`,
      scope: 'openid profile email offline_access orders:read orders:write',
      state: 'the-state',
      code_challenge: CODE_CHALLENGE,
      code_challenge_method: 'S256',
      ...change,
    };
    return `${this.issuer}/oauth2/authorize?${new URLSearchParams(parameters).toString()}`;
  }

  /** Links of mails by which a password is reset. */
  get mailedLinks(): readonly string[] {
    return this.mailedLinksTo('/password/reset');
  }

  /** Links of mails to a page, the oldest first: a development server writes its mail to the log. */
  mailedLinksTo(path: string): readonly string[] {
    const urls = this.authService.output.match(/http:\S+\?token=[\w-]+/g) ?? [];
    return urls.filter((url) => new URL(url).pathname === path);
  }

  /** Makes every sign-in that much older: in the record, and by a restart, which forgets the copies. */
  async ageSignIns(seconds: number): Promise<void> {
    await this.authService.stop();
    const client = new pg.Client({ connectionString: this.database.url });
    await client.connect();
    await client.query(
      `UPDATE session SET authenticated_at = authenticated_at - make_interval(secs => $1)`,
      [seconds],
    );
    await client.end();
    this.authService = await startAuthService(this.environment);
  }

  async stop(): Promise<void> {
    await this.authService.stop();
    await this.client.stop();
    await this.database.drop();
    await rm(this.directory, { recursive: true });
  }
}

function bootstrapOf({ origin }: ClientServer): object {
  const client = {
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code', 'refresh_token'],
    scope: 'openid profile email phone address offline_access orders:read orders:write',
    redirect_uris: [`${origin}/callback`, `${origin}/onward`],
    post_logout_redirect_uris: [`${origin}/signed-out`],
  };
  return {
    resources: [
      {
        identifier: ORDERS_RESOURCE,
        name: 'Harbour Orders',
        scopes: ['orders:read', 'orders:write'],
      },
    ],
    clients: [
      { ...client, client_id: 'harbour', name: 'Harbour', logo_uri: `${origin}/logo.svg` },
      { ...client, client_id: 'house', name: 'House', first_party: true },
      {
        ...{ client_id: 'television', name: 'Harbour TV', application_type: 'native' },
        token_endpoint_auth_method: 'none',
        grant_types: [DEVICE_CODE_GRANT, 'refresh_token'],
        scope: client.scope,
      },
    ],
    accounts: [
      {
        account_id: '3f0e8d2a-5b1c-4e6f-8a7d-9c2b1e0f4a6d',
        username: USERNAME,
        password: { env: 'PASSWORD_OF_ADA' },
        name: 'Ada Lovelace',
        email: USERNAME,
        email_verified: true,
      },
    ],
  };
}
