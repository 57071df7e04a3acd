/** Signs introspection responses, for a caller that must be able to prove later what it was told. */
import { Inject, Injectable } from '@nestjs/common';
import { INTROSPECTION_TYP, type IntrospectionResponse } from '@keyward/oauth';
import { SignJWT } from 'jose';
import { serverConfig, type ServerConfig } from '../config/server.config.js';
import { KeyRing } from '../keys/key.ring.js';

@Injectable()
export class IntrospectionSigner {
  constructor(
    private readonly keys: KeyRing,
    @Inject(serverConfig.KEY) private readonly server: ServerConfig,
  ) {}

  /**
   * The response as a JWT for one caller. Neither `sub` nor `exp` stands outside of the response: with
   * them and with another `typ` it could be taken for an access token.
   *
   * @throws TemporarilyUnavailableError where no key may sign now
   * @see RFC 9701 sections 5 and 8.1
   */
  async sign(response: IntrospectionResponse, clientId: string): Promise<string> {
    const { algorithm, kid, privateKey } = await this.keys.signingKey();
    return new SignJWT({ token_introspection: response })
      .setProtectedHeader({ alg: algorithm, typ: INTROSPECTION_TYP, kid })
      .setIssuer(this.server.issuer)
      .setAudience(clientId)
      .setIssuedAt()
      .sign(privateKey);
  }
}
