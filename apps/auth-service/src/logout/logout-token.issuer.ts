/** Signs logout tokens (Back-Channel Logout 1.0 section 2.4). */
import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { serverConfig, type ServerConfig } from '../config/server.config.js';
import { signJwt } from '../issuance/jws.signer.js';
import { TokenAlgorithms } from '../issuance/token.algorithms.js';
import { KeyRing } from '../keys/key.ring.js';

/** Which client is told of which session. */
export interface LogoutNotice {
  readonly clientId: string;
  readonly accountId: string;
  readonly sid: string;
}

/** `typ` that keeps it apart from every other JWT (section 2.4). */
export const LOGOUT_TOKEN_TYP = 'logout+jwt';

/** Member of `events` that makes it a logout token (section 2.4). */
export const LOGOUT_EVENT = 'http://schemas.openid.net/event/backchannel-logout';

/** Two minutes, as the specification recommends: every attempt gets a token of its own. */
export const LOGOUT_TOKEN_SECONDS = 120;

const JTI_BYTES = 16;

@Injectable()
export class LogoutTokenIssuer {
  constructor(
    private readonly keys: KeyRing,
    private readonly algorithms: TokenAlgorithms,
    @Inject(serverConfig.KEY) private readonly server: ServerConfig,
  ) {}

  /**
   * Without `nonce`, so that it can never pass for an ID token.
   * @throws TemporarilyUnavailableError where no key may sign now
   */
  async issue({ clientId, accountId, sid }: LogoutNotice): Promise<string> {
    const key = await this.keys.signingKey(await this.algorithms.ofIdTokens(clientId));
    const issuedAt = Math.floor(Date.now() / 1000);
    return signJwt(key, LOGOUT_TOKEN_TYP, {
      iss: this.server.issuer,
      sub: accountId,
      aud: clientId,
      iat: issuedAt,
      exp: issuedAt + LOGOUT_TOKEN_SECONDS,
      jti: randomBytes(JTI_BYTES).toString('base64url'),
      sid,
      events: { [LOGOUT_EVENT]: {} },
    });
  }
}
