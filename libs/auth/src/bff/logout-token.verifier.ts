/** Checks logout tokens, by the verifier that access tokens are checked by (Back-Channel Logout 1.0). */
import { AccessTokenVerifier } from '../access-token/access-token.verifier.js';
import { LoggingAuthObserver } from '../auth.observer.js';
import { type JsonObject } from '../jws/strict-json.js';
import { createTrusts } from '../trust/trusts.js';
import { type BffSettings } from './bff.settings.js';
import { type SessionOwner } from './browser-session.js';
import { type IssuerConnection } from './issuer.connection.js';

const EVENT = 'http://schemas.openid.net/event/backchannel-logout';

/** What a logout token says. */
export interface LogoutNotice {
  readonly owner: SessionOwner;
  readonly tokenId: string;
  readonly expiresAtMs: number;
}

/** For how long after its end a token is taken, and so remembered, in seconds. */
const TOLERANCE_SECONDS = 5;

export class LogoutTokenVerifier {
  #verifier: AccessTokenVerifier | undefined;

  constructor(
    private readonly settings: BffSettings,
    private readonly connection: IssuerConnection,
  ) {}

  /**
   * @throws RefusedTokenError for a token that is not good
   * @throws KeysUnavailableError, IssuerUnavailableError where that cannot be told now
   * @see OpenID Connect Back-Channel Logout 1.0 section 2.6
   */
  async verify(token: string): Promise<LogoutNotice> {
    const verifier = (this.#verifier ??= await this.#made());
    const { claims, subject, tokenId = '', expiresAt } = await verifier.verifyOffThread(token);
    const sid = claims['sid'];
    return {
      owner: typeof sid === 'string' ? { sid } : { subject },
      tokenId,
      expiresAtMs: (expiresAt + TOLERANCE_SECONDS) * 1000,
    };
  }

  async #made(): Promise<AccessTokenVerifier> {
    const jwksUri = await this.connection.jwksUri();
    const { issuer, clientId, algorithm, insecureHttp } = this.settings;
    const trusts = createTrusts(
      [
        {
          issuer,
          jwksUri,
          audience: clientId,
          algorithms: [algorithm],
          insecureHttp,
          typ: ['logout+jwt'],
          requiredClaims: ['iat', 'jti'],
          clockToleranceSeconds: TOLERANCE_SECONDS,
          validate: problemOf,
        },
      ],
      new LoggingAuthObserver(),
      Date.now,
    );
    return new AccessTokenVerifier(trusts, { maxCachedTokens: 0 });
  }
}

function problemOf({ events, nonce, sid, sub }: JsonObject): string | undefined {
  const event = isObject(events) ? events[EVENT] : undefined;
  if (!isObject(event)) return 'it is no logout token';
  if (nonce !== undefined) return 'a logout token has no nonce';
  if (sid !== undefined && (typeof sid !== 'string' || sid === '')) return 'sid is no text';
  return sid === undefined && (sub === undefined || sub === '') ? 'neither sid nor sub' : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
