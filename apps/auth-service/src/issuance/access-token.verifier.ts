/** Recognises the access tokens of this server, as strictly as a resource server does. */
import { hash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { type CompactJws, parseCompactJws, RefusedTokenError } from '@keyward/auth';
import { ACCESS_TOKEN_TYP, type AccessTokenClaims, type ActorClaim } from '@keyward/oauth';
import { z } from 'zod';
import { serverConfig, type ServerConfig } from '../config/server.config.js';
import { KeyRing } from '../keys/key.ring.js';
import { type TokenIdentity } from '../revocation/revocation.js';

/** Longest token that is looked at, in characters; ours are far below. */
const MAX_TOKEN_LENGTH = 8192;

/** Tokens that are remembered, by their SHA-256; the ones that came first go first. */
const MAX_REMEMBERED = 10_000;

const TYPS = [ACCESS_TOKEN_TYP, `application/${ACCESS_TOKEN_TYP}`];

const actorSchema: z.ZodType<ActorClaim> = z.lazy(() =>
  z.object({ sub: z.string().min(1), act: actorSchema.optional() }),
);

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
  cnf: z.object({ jkt: z.string().optional(), 'x5t#S256': z.string().optional() }).optional(),
  act: actorSchema.optional(),
  authorization_details: z.array(z.looseObject({ type: z.string() })).optional(),
});

/** A token that this server signed and that has not expired; it may be revoked. */
export interface VerifiedAccessToken {
  readonly claims: AccessTokenClaims;
  /** What revocations may name. */
  readonly identity: TokenIdentity;
}

/** A token whose signature and form were found to be right, and the key that they were checked by. */
interface Remembered {
  readonly verified: VerifiedAccessToken;
  readonly kid: string;
  readonly key: object;
}

/**
 * Verifies by the server's own keys, so a token of any other issuer is simply not one. A token that
 * passed is remembered: a resource server that introspects asks about each one over and over. What
 * can change is looked at every time, the time and whether the server still holds that very key.
 */
@Injectable()
export class AccessTokenVerifier {
  private readonly remembered = new Map<string, Remembered>();

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
    const authentic = await this.authenticate(token);
    return authentic !== null && isTimely(authentic.claims) ? authentic : null;
  }

  /**
   * What a token says that this server signed, whether its time has come, or is over, or not.
   * @returns null for everything else
   */
  async authenticate(token: string): Promise<VerifiedAccessToken | null> {
    if (token.length > MAX_TOKEN_LENGTH) return null;
    const digest = hash('sha256', token, 'base64url');
    return this.recall(digest) ?? (await this.check(token, digest));
  }

  private recall(digest: string): VerifiedAccessToken | null {
    const found = this.remembered.get(digest);
    if (found === undefined) return null;
    if (this.keys.verificationKey(found.kid)?.verificationKey === found.key) {
      return found.verified;
    }
    this.remembered.delete(digest);
    return null;
  }

  private async check(token: string, digest: string): Promise<VerifiedAccessToken | null> {
    const jws = parse(token);
    if (jws === null) return null;
    const { alg, typ, kid } = jws.header;
    if (typeof alg !== 'string' || typeof kid !== 'string') return null;
    if (typeof typ !== 'string' || !TYPS.includes(typ.toLowerCase())) return null;
    const key = this.keys.verificationKey(kid)?.verificationKey ?? null;
    // The algorithm belongs to the key, never to the token: another one verifies nothing.
    if (key === null || !(await key.verifyOffThread(alg, jws.signingInput, jws.signature))) {
      return null;
    }
    const claims = claimsSchema.safeParse(jws.payload).data;
    if (claims === undefined || claims.iss !== this.server.issuer) return null;
    const { jti, client_id, iat, grant_id } = claims;
    const verified = {
      claims,
      identity: { jti, clientId: client_id, issuedAt: iat, grantId: grant_id ?? null, kid },
    };
    this.remember(digest, { verified, kid, key });
    return verified;
  }

  private remember(digest: string, entry: Remembered): void {
    const [oldest] = this.remembered.size < MAX_REMEMBERED ? [] : this.remembered.keys();
    if (oldest !== undefined) this.remembered.delete(oldest);
    this.remembered.set(digest, entry);
  }
}

function isTimely({ exp, nbf = 0 }: { readonly exp: number; readonly nbf?: number }): boolean {
  const now = Date.now() / 1000;
  return exp > now && nbf <= now;
}

function parse(token: string): CompactJws | null {
  try {
    return parseCompactJws(token);
  } catch (error) {
    if (error instanceof RefusedTokenError) return null;
    throw error;
  }
}
