/** Talks to the issuer: everything of OpenID Connect that a backend needs, by openid-client. */
import { Logger } from '@nestjs/common';
import * as client from 'openid-client';
import { type BffSettings } from './bff.settings.js';
import { type BrowserSession } from './browser-session.js';
import { type IssuerConnection } from './issuer.connection.js';
import {
  RefreshRefusedError,
  SignInRefusedError,
  oauthErrorOf,
  unavailableFrom,
} from './relying-party.errors.js';

/** What has to come back from the issuer for a sign-in to be the one that began. */
export interface PendingSignIn {
  readonly codeVerifier: string;
  readonly state: string;
  readonly nonce: string;
  /** What was asked for, in seconds. */
  readonly maxAge?: number;
}

/** Tokens of one answer. */
export interface IssuedTokens {
  readonly accessToken: string;
  readonly refreshToken: string | undefined;
  /** Undefined where the issuer does not say. */
  readonly expiresInSeconds: number | undefined;
}

/** A sign-in that came to an end. */
export interface CompletedSignIn extends IssuedTokens {
  readonly idToken: string;
  readonly claims: Readonly<Record<string, unknown>> & { readonly sub: string };
}

/** One issuer, so that no answer can be taken for another's; its `iss` is checked all the same. */
export class RelyingParty {
  readonly #logger = new Logger('Bff');

  constructor(
    private readonly settings: BffSettings,
    private readonly connection: IssuerConnection,
  ) {}

  get redirectUri(): string {
    return `${this.settings.origin}${this.settings.basePath}/callback`;
  }

  /**
   * Where to send the browser, pushed ahead where the issuer takes it (RFC 9126).
   * @throws IssuerUnavailableError
   */
  async begin(
    extra: Readonly<Record<string, string>>,
  ): Promise<{ location: string; pending: PendingSignIn }> {
    const configuration = await this.connection.configuration();
    const codeVerifier = client.randomPKCECodeVerifier();
    const [state, nonce] = [client.randomState(), client.randomNonce()];
    const parameters = new URLSearchParams({
      redirect_uri: this.redirectUri,
      scope: this.settings.scope,
      code_challenge: await client.calculatePKCECodeChallenge(codeVerifier),
      code_challenge_method: 'S256',
      state,
      nonce,
      ...extra,
    });
    // What was not asked for here is not in any token later on (RFC 8707 section 2.1).
    const resources = new Set(this.settings.targets.map(({ resource }) => resource));
    for (const resource of resources) if (resource !== '') parameters.append('resource', resource);
    const { pushed_authorization_request_endpoint: pushed } = configuration.serverMetadata();
    const location = await this.connection.ask(async () =>
      pushed === undefined
        ? client.buildAuthorizationUrl(configuration, parameters)
        : client.buildAuthorizationUrlWithPAR(configuration, parameters),
    );
    const maxAge = extra['max_age'] === undefined ? undefined : Number(extra['max_age']);
    return { location: location.href, pending: { codeVerifier, state, nonce, maxAge } };
  }

  /**
   * Redeems the code of an authorization response.
   * @param callback the URL that the browser was sent to
   * @throws SignInRefusedError where it is no answer to `pending`, or says no
   * @throws IssuerUnavailableError
   * @see RFC 9207 section 2.4, OpenID Connect Core 1.0 section 3.1.3.7
   */
  async finish(callback: URL, pending: PendingSignIn): Promise<CompletedSignIn> {
    const configuration = await this.connection.configuration();
    try {
      const tokens = await client.authorizationCodeGrant(configuration, callback, {
        pkceCodeVerifier: pending.codeVerifier,
        expectedState: pending.state,
        expectedNonce: pending.nonce,
        maxAge: pending.maxAge,
        idTokenExpected: true,
      });
      const claims = tokens.claims();
      const idToken = tokens.id_token;
      if (claims === undefined || idToken === undefined)
        throw new SignInRefusedError('no_id_token');
      return { ...issued(tokens), idToken, claims };
    } catch (error) {
      const code = oauthErrorOf(error);
      if (code === null) throw unavailableFrom(error);
      throw error instanceof SignInRefusedError ? error : new SignInRefusedError(code);
    }
  }

  /** What userinfo says of the person; nothing where the issuer has none. */
  async userinfo({ accessToken, claims }: CompletedSignIn): Promise<Record<string, unknown>> {
    const configuration = await this.connection.configuration();
    if (configuration.serverMetadata().userinfo_endpoint === undefined) return {};
    return this.connection.ask(() => client.fetchUserInfo(configuration, accessToken, claims.sub));
  }

  /**
   * New tokens. An answer that was lost is asked for once more: a rotation bears that.
   * @param resource empty: none is named
   * @throws RefreshRefusedError where the grant is over
   * @throws IssuerUnavailableError
   */
  async refresh(session: BrowserSession, resource: string): Promise<IssuedTokens> {
    const { refreshToken } = session;
    if (refreshToken === undefined)
      throw new RefreshRefusedError('the issuer gave no refresh token');
    const configuration = await this.connection.configuration();
    const parameters: Record<string, string> = resource === '' ? {} : { resource };
    const ask = () => client.refreshTokenGrant(configuration, refreshToken, parameters);
    try {
      const tokens = await ask().catch((error: unknown) => {
        if (oauthErrorOf(error) !== null || error instanceof client.ResponseBodyError) throw error;
        return ask();
      });
      const claims = tokens.claims();
      if (claims !== undefined && claims.sub !== session.subject) {
        throw new RefreshRefusedError('the answer is about another person');
      }
      return issued(tokens);
    } catch (error) {
      if (error instanceof RefreshRefusedError) throw error;
      const code = oauthErrorOf(error);
      if (code === 'invalid_grant') throw new RefreshRefusedError(code);
      if (code !== null) this.#logger.error(`the issuer refuses to renew tokens: ${code}`);
      throw unavailableFrom(error);
    }
  }

  /** Ends a grant at the issuer (RFC 7009); without success nothing is lost but tidiness. */
  async revoke({ refreshToken }: BrowserSession): Promise<void> {
    if (refreshToken === undefined) return;
    try {
      await client.tokenRevocation(await this.connection.configuration(), refreshToken);
    } catch (error) {
      const reason = oauthErrorOf(error) ?? 'out of reach';
      this.#logger.warn(`a refresh token could not be revoked: ${reason}`);
    }
  }

  /** Where the person signs out of the issuer (RP-Initiated Logout 1.0); null where there is none. */
  async endSessionUrl({ idToken }: BrowserSession): Promise<string | null> {
    const configuration = await this.connection.configuration();
    if (configuration.serverMetadata().end_session_endpoint === undefined) return null;
    const { origin, signedOutPath } = this.settings;
    return client.buildEndSessionUrl(configuration, {
      id_token_hint: idToken,
      post_logout_redirect_uri: `${origin}${signedOutPath}`,
    }).href;
  }
}

function issued(tokens: client.TokenEndpointResponse): IssuedTokens {
  return {
    accessToken: tokens.access_token,
    refreshToken: tokens.refresh_token,
    expiresInSeconds: tokens.expires_in,
  };
}
