/** The authorization code flow as an application and a person go through it, step by step. */
import { createHash, randomBytes } from 'node:crypto';
import { SECRETS, WEB_REDIRECT_URI } from './bootstrap.fixture.js';
import { basic, ISSUER, type TestApplication } from './test-application.js';
import { type BrowserAnswer, TestBrowser } from './test-browser.js';

/** What the application that began the flow keeps to itself. */
const VERIFIER = randomBytes(48).toString('base64url');

/** Parameters of a request, of which null leaves one out. */
export type Change = Readonly<Record<string, string | null>>;

/** One application (the client `web`, unless told otherwise) and one browser. */
export class CodeFlow {
  readonly browser: TestBrowser;

  /** @param issuer whom the pages take themselves for */
  constructor(
    private readonly server: TestApplication,
    private readonly issuer = ISSUER,
  ) {
    this.browser = new TestBrowser(server);
  }

  /** A good authorization request, with these parameters instead. */
  query(change: Change = {}): string {
    return formOf({
      client_id: 'web',
      redirect_uri: WEB_REDIRECT_URI,
      response_type: 'code',
      scope: 'openid orders:read',
      state: 'a state',
      nonce: 'a nonce',
      code_challenge: createHash('sha256').update(VERIFIER).digest('base64url'),
      code_challenge_method: 'S256',
      ...change,
    });
  }

  authorize(change: Change = {}): Promise<BrowserAnswer> {
    return this.browser.get(`/oauth2/authorize?${this.query(change)}`);
  }

  /** Follows the server's own redirects and fills in its pages, until the browser leaves it. */
  async finish(from: BrowserAnswer, username = 'alice'): Promise<URL> {
    let answer = from;
    for (let step = 0; step < 10; step += 1) {
      if (answer.location !== null && !answer.location.startsWith('/')) {
        return new URL(answer.location);
      }
      answer =
        answer.location === null
          ? await this.browser.submit(answer, this.answersTo(answer, username), {
              origin: this.issuer,
            })
          : await this.browser.get(answer.location);
    }
    throw new Error(`the flow does not end: ${answer.status} ${answer.html}`);
  }

  /** A code of the person who signs in where nobody is, and allows what is asked. */
  async code(change: Change = {}, username = 'alice'): Promise<string> {
    const response = await this.finish(await this.authorize(change), username);
    const code = response.searchParams.get('code');
    if (code === null) throw new Error(`there is no code: ${response.href}`);
    return code;
  }

  /** Presents a code at the token endpoint, with these parameters instead. */
  redeem(code: string, change: Change = {}, headers = basic('web')): Promise<Response> {
    return this.server.post(
      '/oauth2/token',
      formOf({
        grant_type: 'authorization_code',
        code,
        redirect_uri: WEB_REDIRECT_URI,
        code_verifier: VERIFIER,
        ...change,
      }),
      headers,
    );
  }

  private answersTo({ html }: BrowserAnswer, username: string): Record<string, string> {
    if (html.includes('name="password"')) {
      return { username, password: SECRETS[`PASSWORD_OF_${username}`] ?? '' };
    }
    if (html.includes('name="decision"')) return { decision: 'allow' };
    throw new Error(`a page that nobody expects: ${html}`);
  }
}

/** The parameters of the response that went to a client, after a look at where. */
export function responseAt(location: URL, redirectUri = WEB_REDIRECT_URI): Record<string, string> {
  expect(`${location.origin}${location.pathname}`).toBe(redirectUri);
  expect(location.searchParams.get('iss')).toBe(ISSUER);
  return Object.fromEntries(location.searchParams);
}

function formOf(change: Change): string {
  const present = Object.entries(change).filter((e): e is [string, string] => e[1] !== null);
  return new URLSearchParams(present).toString();
}
