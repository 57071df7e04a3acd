/** Recognises the access tokens of this server, for introspection and revocation. */
import { Inject, Injectable } from '@nestjs/common';
import { ACCESS_TOKEN_TYP, type AccessTokenClaims } from '@keyward/oauth';
import { errors, jwtVerify } from 'jose';
import { z } from 'zod';
import { serverConfig, type ServerConfig } from '../config/server.config.js';
import { KeyRing } from '../keys/key.ring.js';

/** Longest token that is looked at, in characters; ours are far below. */
const MAX_TOKEN_LENGTH = 8192;

const claimsSchema = z.object({
  iss: z.string(),
  sub: z.string(),
  aud: z.union([z.string(), z.array(z.string())]),
  exp: z.int(),
  iat: z.int(),
  jti: z.string(),
  client_id: z.string(),
  scope: z.string().optional(),
  grant_id: z.string().optional(),
  auth_time: z.int().optional(),
  acr: z.string().optional(),
  amr: z.array(z.string()).optional(),
});

/** Verifies by the server's own keys, so a token of any other issuer is simply not one. */
@Injectable()
export class AccessTokenVerifier {
  constructor(
    private readonly keys: KeyRing,
    @Inject(serverConfig.KEY) private readonly server: ServerConfig,
  ) {}

  /**
   * The claims of a token that this server signed and that has not expired.
   * @returns null for everything else; whether it was revoked is not looked at
   */
  async verify(token: string): Promise<AccessTokenClaims | null> {
    if (token.length > MAX_TOKEN_LENGTH) return null;
    try {
      const { payload } = await jwtVerify(
        token,
        ({ kid, alg }) => {
          const key = kid === undefined ? undefined : this.keys.verificationKey(kid);
          // The algorithm belongs to the key, never to the token.
          if (key === undefined || key.algorithm !== alg) throw new errors.JWKSNoMatchingKey();
          return key.publicKey;
        },
        { issuer: this.server.issuer, typ: ACCESS_TOKEN_TYP, algorithms: this.keys.algorithms() },
      );
      return claimsSchema.safeParse(payload).data ?? null;
    } catch (error) {
      if (error instanceof errors.JOSEError) return null;
      throw error;
    }
  }
}
