/** A client of a provider that sends exactly what a test wants to send. */
import { createHash, randomBytes } from 'node:crypto';
import { createRemoteJWKSet, decodeProtectedHeader, type JWTPayload, jwtVerify } from 'jose';
import { HttpBrowser, type HttpPage } from './http-browser.js';
import { type OpenIdProvider, type Person } from './openid-provider.js';
import { type ProviderClient } from './openid-provider.clients.js';

/** Parameters of a request; null leaves one out. */
export type Change = Readonly<Record<string, string | null>>;

/** What the token endpoint answers where all is well. */
export interface Tokens {
  readonly access_token: string;
  readonly id_token: string;
  readonly refresh_token?: string;
  readonly scope: string;
}

/** One client with one browser. */
export class RelyingParty {
  readonly verifier = randomBytes(32).toString('base64url');
  browser: HttpBrowser;

  constructor(
    readonly provider: OpenIdProvider,
    readonly client: ProviderClient,
  ) {
    this.browser = new HttpBrowser([provider.issuer]);
  }

  /** A good authorization request, but for `change`. */
  parameters(change: Change = {}): Record<string, string> {
    return without({
      client_id: this.client.id,
      redirect_uri: this.client.redirectUri,
      response_type: 'code',
      scope: 'openid',
      state: 'the-state',
      nonce: 'the-nonce',
      code_challenge: createHash('sha256').update(this.verifier).digest('base64url'),
      code_challenge_method: 'S256',
      ...change,
    });
  }

  /** Sends the browser to the authorization endpoint; what it comes to first. */
  open(change: Change = {}): Promise<HttpPage> {
    return this.browser.open(this.provider.authorizationUrl(this.parameters(change)));
  }

  /** The same, and does whatever the pages ask for: the parameters that come back. */
  async authorize(change: Change = {}, who?: Person): Promise<URLSearchParams> {
    return this.responseOf(
      await this.provider.complete(this.browser, await this.open(change), who),
    );
  }

  /** The authorization response that took the browser away from the provider. */
  responseOf({ url, html }: HttpPage): URLSearchParams {
    if (url.href.startsWith(`${this.client.redirectUri}?`)) return url.searchParams;
    throw new Error(
      `the browser did not come to ${this.client.redirectUri}:\n${url.href}\n${html}`,
    );
  }

  /** Asks for tokens; `at` is the origin of a replica. */
  redeem(code: string | null, change: Change = {}, at = this.provider.issuer): Promise<Response> {
    const form = {
      grant_type: 'authorization_code',
      code,
      redirect_uri: this.client.redirectUri,
      code_verifier: this.verifier,
      ...change,
    };
    return this.provider.post(`${at}/oauth2/token`, this.client, without(form));
  }

  refresh(token: string | undefined, change: Change = {}): Promise<Response> {
    const form = { grant_type: 'refresh_token', refresh_token: token ?? null, ...change };
    return this.provider.post('/oauth2/token', this.client, without(form));
  }

  /** The whole way. */
  async signIn(change: Change = {}, who?: Person): Promise<Tokens> {
    const response = await this.redeem((await this.authorize(change, who)).get('code'));
    if (response.status !== 200) throw new Error(await response.text());
    return (await response.json()) as Tokens;
  }

  /** The claims of an ID token, checked as a client has to (OpenID Connect Core section 3.1.3.7). */
  async claims({ id_token: token }: Tokens): Promise<JWTPayload> {
    const keys = createRemoteJWKSet(new URL(`${this.provider.issuer}/.well-known/jwks.json`));
    const { payload } = await jwtVerify(token, keys, {
      issuer: this.provider.issuer,
      audience: this.client.id,
      algorithms: [decodeProtectedHeader(token).alg === 'RS256' ? 'RS256' : 'ES256'],
      requiredClaims: ['sub', 'exp', 'iat'],
    });
    return payload;
  }

  userinfo({ access_token: token }: Tokens, at = this.provider.issuer): Promise<Response> {
    return fetch(`${at}/oauth2/userinfo`, {
      headers: { authorization: `Bearer ${token}` },
    });
  }
}

function without(parameters: Change): Record<string, string> {
  return Object.fromEntries(
    Object.entries(parameters).filter((entry): entry is [string, string] => entry[1] !== null),
  );
}
