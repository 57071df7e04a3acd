/** Recognises ID tokens of this server, expired ones included, where one comes back as a hint. */
import { Inject, Injectable } from '@nestjs/common';
import { ID_TOKEN_TYP } from '@keyward/oauth';
import { compactVerify, errors } from 'jose';
import { z } from 'zod';
import { SIGNING_ALGORITHMS } from '../config/environment.schema.js';
import { serverConfig, type ServerConfig } from '../config/server.config.js';
import { KeyRing } from '../keys/key.ring.js';

/** What a hint says; it proves nothing about who sits at the browser. */
export interface IdTokenHint {
  readonly subject: string;
  readonly clientId: string;
  readonly sid: string | null;
}

/** Longest hint that is looked at, in characters; ours are far below. */
const MAX_TOKEN_LENGTH = 8192;

const claimsSchema = z.object({
  iss: z.string(),
  sub: z.string().min(1),
  // An ID token of ours is for one client alone.
  aud: z.string().min(1),
  exp: z.int(),
  iat: z.int(),
  auth_time: z.int(),
  sid: z.string().optional(),
});

/** Verifies by every key that ever signed here and was not revoked. */
@Injectable()
export class IdTokenVerifier {
  constructor(
    private readonly keys: KeyRing,
    @Inject(serverConfig.KEY) private readonly server: ServerConfig,
  ) {}

  /**
   * @returns null for anything that this server did not sign as an ID token
   * @see OpenID Connect Core 1.0 section 3.1.2.1, RP-Initiated Logout 1.0 section 4: expiry is no
   *   reason to refuse
   */
  async verifyHint(idToken: string): Promise<IdTokenHint | null> {
    if (idToken.length > MAX_TOKEN_LENGTH) return null;
    let payload: Uint8Array;
    try {
      const verified = await compactVerify(
        idToken,
        ({ kid, alg, typ }) => {
          const key = kid === undefined ? undefined : this.keys.hintKey(kid);
          // The algorithm belongs to the key, and the kind of JWT to the header (RFC 8725 section 3.11).
          if (key === undefined || key.algorithm !== alg || !isIdTokenTyp(typ)) {
            throw new errors.JWKSNoMatchingKey();
          }
          return key.publicKey;
        },
        { algorithms: [...SIGNING_ALGORITHMS] },
      );
      payload = verified.payload;
    } catch (error) {
      if (error instanceof errors.JOSEError) return null;
      throw error;
    }
    const claims = claimsSchema.safeParse(parseJson(payload)).data;
    if (claims === undefined || claims.iss !== this.server.issuer) return null;
    return { subject: claims.sub, clientId: claims.aud, sid: claims.sid ?? null };
  }
}

function isIdTokenTyp(typ: string | undefined): boolean {
  return typ === undefined || typ.toUpperCase() === ID_TOKEN_TYP;
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return null;
  }
}
