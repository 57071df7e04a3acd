/** An MCP client as @modelcontextprotocol/sdk has it, with a person's browser at hand. */
import { auth, type OAuthClientProvider } from '@modelcontextprotocol/sdk/client/auth.js';
import {
  type OAuthClientInformationMixed,
  type OAuthClientMetadata,
  type OAuthTokens,
} from '@modelcontextprotocol/sdk/shared/auth.js';

/** Where its browser would return to; nobody listens there. */
export const MCP_REDIRECT_URI = 'http://127.0.0.1:49999/callback';

/** What the SDK keeps of a sign-in, and every request that it sent. */
export class McpClient implements OAuthClientProvider {
  readonly redirectUrl = MCP_REDIRECT_URI;
  readonly clientMetadata: OAuthClientMetadata = {
    client_name: 'Harbour agent',
    redirect_uris: [MCP_REDIRECT_URI],
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
  };
  /** `METHOD path` of each request, in order. */
  readonly requests: string[] = [];
  /** Where the SDK last sent the person. */
  authorizationUrl: URL | null = null;
  information: OAuthClientInformationMixed | undefined;
  held: OAuthTokens | undefined;
  private verifier = '';

  /**
   * @param initialAccessToken what the operator gave whoever runs this client
   * @param clientMetadataUrl where it publishes what it is, which is its id where the server takes that
   */
  constructor(
    private readonly initialAccessToken: string,
    readonly clientMetadataUrl?: string,
  ) {}

  clientInformation() {
    return this.information;
  }
  saveClientInformation(information: OAuthClientInformationMixed): void {
    this.information = information;
  }
  tokens() {
    return this.held;
  }
  saveTokens(tokens: OAuthTokens): void {
    this.held = tokens;
  }
  redirectToAuthorization(url: URL): void {
    this.authorizationUrl = url;
  }
  saveCodeVerifier(verifier: string): void {
    this.verifier = verifier;
  }
  codeVerifier(): string {
    return this.verifier;
  }

  /** Everything that the SDK does next for a protected URL. */
  authorize(
    serverUrl: string,
    options: { scope?: string; authorizationCode?: string; resourceMetadataUrl?: URL } = {},
  ) {
    return auth(this, { serverUrl, ...options, fetchFn: (url, init) => this.fetch(url, init) });
  }

  /** The SDK knows no initial access token: whoever runs it sends it along, to this endpoint alone. */
  private fetch(target: string | URL, init: RequestInit = {}): Promise<Response> {
    const url = new URL(target);
    this.requests.push(`${init.method ?? 'GET'} ${url.pathname}`);
    const headers = new Headers(init.headers);
    if (url.pathname === '/oauth2/register') {
      headers.set('authorization', `Bearer ${this.initialAccessToken}`);
    }
    return fetch(url, { ...init, headers });
  }
}
