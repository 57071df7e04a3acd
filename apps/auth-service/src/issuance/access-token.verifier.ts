/** Recognises the access tokens of this server, as strictly as a resource server does. */
import { Inject, Injectable } from '@nestjs/common';
import { type CompactJws, parseCompactJws, RefusedTokenError } from '@keyward/auth';
import { ACCESS_TOKEN_TYP, type AccessTokenClaims } from '@keyward/oauth';
import { z } from 'zod';
import { serverConfig, type ServerConfig } from '../config/server.config.js';
import { KeyRing } from '../keys/key.ring.js';
import { type TokenIdentity } from '../revocation/revocation.js';

/** Longest token that is looked at, in characters; ours are far below. */
const MAX_TOKEN_LENGTH = 8192;

const TYPS = [ACCESS_TOKEN_TYP, `application/${ACCESS_TOKEN_TYP}`];

const claimsSchema = z.object({
  iss: z.string(),
  sub: z.string().min(1),
  aud: z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]),
  exp: z.int().nonnegative(),
  iat: z.int().nonnegative(),
  nbf: z.int().nonnegative().optional(),
  jti: z.string().min(1),
  client_id: z.string().min(1),
  scope: z.string().optional(),
  grant_id: z.string().min(1).optional(),
  auth_time: z.int().nonnegative().optional(),
  acr: z.string().optional(),
  amr: z.array(z.string()).optional(),
});

/** A token that this server signed and that has not expired; it may be revoked. */
export interface VerifiedAccessToken {
  readonly claims: AccessTokenClaims;
  /** What revocations may name. */
  readonly identity: TokenIdentity;
}

/** Verifies by the server's own keys, so a token of any other issuer is simply not one. */
@Injectable()
export class AccessTokenVerifier {
  constructor(
    private readonly keys: KeyRing,
    @Inject(serverConfig.KEY) private readonly server: ServerConfig,
  ) {}

  /**
   * What a token says that this server signed and that has not expired.
   * @returns null for everything else; whether it was revoked is not looked at
   * @see RFC 9068 section 4, RFC 8725
   */
  async verify(token: string): Promise<VerifiedAccessToken | null> {
    const jws = parse(token);
    if (jws === null) return null;
    const { alg, typ, kid } = jws.header;
    if (typeof alg !== 'string' || typeof kid !== 'string') return null;
    if (typeof typ !== 'string' || !TYPS.includes(typ.toLowerCase())) return null;
    const key = this.keys.verificationKey(kid)?.verificationKey;
    // The algorithm belongs to the key, never to the token: another one verifies nothing.
    if (!(await key?.verifyOffThread(alg, jws.signingInput, jws.signature))) return null;
    const claims = claimsSchema.safeParse(jws.payload).data;
    if (claims === undefined || claims.iss !== this.server.issuer) return null;
    const now = Date.now() / 1000;
    if (claims.exp <= now || (claims.nbf ?? 0) > now) return null;
    const { jti, client_id, iat, grant_id } = claims;
    return {
      claims,
      identity: { jti, clientId: client_id, issuedAt: iat, grantId: grant_id ?? null, kid },
    };
  }
}

function parse(token: string): CompactJws | null {
  if (token.length > MAX_TOKEN_LENGTH) return null;
  try {
    return parseCompactJws(token);
  } catch (error) {
    if (error instanceof RefusedTokenError) return null;
    throw error;
  }
}
