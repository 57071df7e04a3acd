/** Signs introspection responses, for a caller that must be able to prove later what it was told. */
import { Inject, Injectable } from '@nestjs/common';
import { INTROSPECTION_TYP, type IntrospectionResponse } from '@keyward/oauth';
import { type Client } from '../client/client.js';
import { serverConfig, type ServerConfig } from '../config/server.config.js';
import { signJwt } from '../issuance/jws.signer.js';
import { TokenAlgorithms } from '../issuance/token.algorithms.js';
import { KeyRing } from '../keys/key.ring.js';

@Injectable()
export class IntrospectionSigner {
  constructor(
    private readonly keys: KeyRing,
    private readonly algorithms: TokenAlgorithms,
    @Inject(serverConfig.KEY) private readonly server: ServerConfig,
  ) {}

  /**
   * The response as a JWT for one caller. Neither `sub` nor `exp` stands outside of the response: with
   * them and with another `typ` it could be taken for an access token.
   *
   * @throws TemporarilyUnavailableError where no key may sign now
   * @see RFC 9701 sections 5 and 8.1
   */
  async sign(response: IntrospectionResponse, client: Client): Promise<string> {
    const key = await this.keys.signingKey(this.algorithms.ofIntrospection(client));
    return signJwt(key, INTROSPECTION_TYP, {
      token_introspection: response,
      iss: this.server.issuer,
      aud: client.clientId,
      iat: Math.floor(Date.now() / 1000),
    });
  }
}
