/** This server as a client of upstream providers: sends people there, and reads what comes back. */
import { Inject, Injectable } from '@nestjs/common';
import {
  AuthorizationResponseError,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  type Configuration,
  fetchUserInfo,
  ResponseBodyError,
} from 'openid-client';
import { serverConfig, type ServerConfig } from '../config/server.config.js';
import { type Upstream } from './upstream.js';
import { UpstreamConfigurations } from './upstream.configurations.js';
import { findUnavailability, UpstreamRefusalError } from './upstream.error.js';
import { callbackPath } from './upstream.paths.js';
import { type UpstreamSecrets } from './upstream.states.js';

/** Parameters of a request beside those that every one has. */
export type UpstreamParameters = Readonly<Record<string, string>>;

/** What a provider said about someone, its signature, issuer, audience, nonce and times checked. */
export interface UpstreamAnswer {
  readonly subject: string;
  readonly acr: string | null;
  readonly amr: readonly string[];
  /** Milliseconds since the epoch; null where it does not say. */
  readonly authenticatedAtMs: number | null;
  /**
   * Everything it says, what it says at userinfo included: asked for where it matters alone.
   * @throws UpstreamUnavailableError, UpstreamRefusalError
   */
  readonly claims: () => Promise<Readonly<Record<string, unknown>>>;
}

// OpenID Connect Core 1.0 section 2.
const SUBJECT = /^[\x20-\x7e]{1,255}$/;

@Injectable()
export class UpstreamClient {
  constructor(
    private readonly configurations: UpstreamConfigurations,
    @Inject(serverConfig.KEY) private readonly config: ServerConfig,
  ) {}

  /**
   * Where the browser is to be sent.
   * @throws UpstreamUnavailableError where the provider cannot be asked for its endpoints
   */
  async authorizationUrl(
    upstream: Upstream,
    { state, nonce, codeVerifier }: UpstreamSecrets,
    more: UpstreamParameters,
  ): Promise<URL> {
    const configuration = await this.configurations.find(upstream);
    return buildAuthorizationUrl(configuration, {
      ...more,
      response_type: 'code',
      redirect_uri: this.redirectUri(upstream),
      scope: upstream.scope.join(' '),
      state,
      nonce,
      code_challenge: await calculatePKCECodeChallenge(codeVerifier),
      code_challenge_method: 'S256',
    });
  }

  /**
   * Checks an authorization response, redeems its code and checks the ID token.
   *
   * @param query of the callback, as it came
   * @throws UpstreamUnavailableError where the provider gives no answer
   * @throws UpstreamRefusalError where it says no, or something else is wrong with what it says
   * @see RFC 9207 section 2.4, OpenID Connect Core 1.0 section 3.1.3.7
   */
  async redeem(
    upstream: Upstream,
    query: string,
    { state, nonce, codeVerifier }: UpstreamSecrets,
  ): Promise<UpstreamAnswer> {
    const configuration = await this.configurations.find(upstream);
    const tokens = await authorizationCodeGrant(
      configuration,
      new URL(`${this.redirectUri(upstream)}?${query}`),
      {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: codeVerifier,
        idTokenExpected: true,
      },
    ).catch(refuse);
    const claims = tokens.claims();
    if (claims === undefined || !SUBJECT.test(claims.sub)) throw new UpstreamRefusalError('sub');
    const { acr, amr, auth_time: authTime } = claims;
    return {
      subject: claims.sub,
      acr: typeof acr === 'string' ? acr : null,
      amr: Array.isArray(amr) ? amr.filter((method) => typeof method === 'string') : [],
      authenticatedAtMs: typeof authTime === 'number' ? authTime * 1000 : null,
      claims: async () => ({
        ...(await userinfo(configuration, tokens.access_token, claims.sub)),
        ...claims,
      }),
    };
  }

  private redirectUri({ upstreamId }: Upstream): string {
    return `${this.config.issuer}${callbackPath(upstreamId)}`;
  }
}

/** @see OpenID Connect Core 1.0 section 5.3.2: what is said about another sub is refused */
async function userinfo(configuration: Configuration, accessToken: string, subject: string) {
  if (configuration.serverMetadata().userinfo_endpoint === undefined) return {};
  return fetchUserInfo(configuration, accessToken, subject).catch(refuse);
}

function refuse(error: unknown): never {
  const unavailable = findUnavailability(error);
  if (unavailable !== null) throw unavailable;
  throw new UpstreamRefusalError(reasonOf(error), { cause: error });
}

// Codes and our library's own sentences: never what the provider wrote about it, nor what was sent.
function reasonOf(error: unknown): string {
  if (error instanceof AuthorizationResponseError) return `authorization ${codeOf(error.error)}`;
  if (error instanceof ResponseBodyError) return `token ${codeOf(error.error)}`;
  const { message, cause } = error as { message?: unknown; cause?: { message?: unknown } };
  const [said] = [cause?.message, message].filter((text) => typeof text === 'string');
  return said ?? 'failed';
}

function codeOf(error: string): string {
  return /^[\w.-]{1,60}$/.test(error) ? error : 'error';
}
