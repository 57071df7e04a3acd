/** A server with two upstream providers, and a person on the way through one of them. */
import { type BootstrapSource } from '../bootstrap/bootstrap.schema.js';
import { MFA_ACR } from '../authentication/acr.js';
import { bootstrapDocument } from './bootstrap.fixture.js';
import { TestApplication } from './test-application.js';
import { type BrowserAnswer, type TestBrowser } from './test-browser.js';
import { CodeFlow, type Change } from './code-flow.js';
import { TEST_PROVIDER_CLIENT, type TestProvider } from './test-provider.js';

const PROVIDER_SECRET = { SECRET_AT_UPSTREAM: TEST_PROVIDER_CLIENT.secret };

/** An upstream as the file writes it. */
export function upstreamDocument(
  id: string,
  issuer: string,
  change: object = {},
): NonNullable<BootstrapSource['upstreams']>[number] {
  return {
    id,
    name: `Provider ${id}`,
    issuer,
    client_id: TEST_PROVIDER_CLIENT.id,
    client_secret: { env: 'SECRET_AT_UPSTREAM' },
    ...change,
  };
}

/**
 * `web` offers acme, which is believed and makes accounts, globex, which is not and does not, and a
 * password; `spa` offers acme alone; `house` demands two factors, which acme may vouch for.
 */
export async function startWithUpstreams(
  acme: TestProvider,
  globex: TestProvider,
  environment: NodeJS.ProcessEnv = {},
): Promise<TestApplication> {
  const document = bootstrapDocument();
  const change: Record<string, object> = {
    web: { upstreams: ['acme', 'globex'] },
    spa: { upstreams: ['acme'], password_sign_in: false },
    house: { upstreams: ['acme', 'globex'], required_acr: MFA_ACR },
  };
  return TestApplication.start({
    bootstrap: {
      ...document,
      upstreams: [
        upstreamDocument('acme', acme.issuer, {
          create_accounts: true,
          trust_email: true,
          trusted_mfa: { amr: ['mfa'], acr: ['urn:acme:sure'] },
        }),
        upstreamDocument('globex', globex.issuer),
      ],
      clients: document.clients.map((client) => ({ ...client, ...change[client.client_id] })),
    },
    environment: { ...PROVIDER_SECRET, ...environment },
  });
}

/** A person with a browser, at the sign-in page of a client. */
export class UpstreamVisit {
  readonly browser: TestBrowser;
  private readonly flow: CodeFlow;

  constructor(server: TestApplication) {
    this.flow = new CodeFlow(server);
    this.browser = this.flow.browser;
  }

  /** Comes from a client to the page that asks who they are. */
  async arrive(change: Change = {}): Promise<BrowserAnswer> {
    return this.follow(await this.flow.authorize(change));
  }

  /** Presses the button of a provider: the URL that leads there, or what the server said instead. */
  async choose(page: BrowserAnswer, upstreamId: string): Promise<BrowserAnswer> {
    const { action, fields } = buttonOf(page, upstreamId);
    return this.browser.post(action, fields);
  }

  /** The same, from the client on. */
  async leave(upstreamId: string, change: Change = {}): Promise<string> {
    const { location, html } = await this.choose(await this.arrive(change), upstreamId);
    if (location === null) throw new Error(`the browser did not leave: ${html}`);
    return location;
  }

  /** Comes back from a provider, and goes wherever the server sends them as long as it is itself. */
  async comeBack(callback: URL): Promise<BrowserAnswer> {
    return this.follow(await this.browser.get(`${callback.pathname}${callback.search}`));
  }

  /** The whole way. */
  async signIn(
    provider: TestProvider,
    upstreamId: string,
    change: Change = {},
  ): Promise<BrowserAnswer> {
    return this.comeBack(provider.authorize(await this.leave(upstreamId, change)));
  }

  async follow(from: BrowserAnswer): Promise<BrowserAnswer> {
    let answer = from;
    while (answer.location?.startsWith('/')) answer = await this.browser.get(answer.location);
    return answer;
  }

  /** Whether anyone is signed in in the browser. */
  get isSignedIn(): boolean {
    return this.browser.cookies.has('__Host-keyward-session');
  }
}

/** What a page says went wrong. */
export function problemOf({ html }: BrowserAnswer): string | undefined {
  return /id="problem" role="alert">\s*<p><strong>(.*?)<\/strong>/s.exec(html)?.[1];
}

/** The form of a provider's button. */
export function buttonOf({ html }: BrowserAnswer, upstreamId: string) {
  const [, action = '', token = ''] =
    new RegExp(
      `action="([^"]+/upstream/${upstreamId})">\\s*<input type="hidden" name="form_token" value="([^"]+)">`,
    ).exec(html) ?? [];
  if (action === '') throw new Error(`there is no button of ${upstreamId}: ${html}`);
  return { action, fields: { form_token: token } };
}
