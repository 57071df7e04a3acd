/** A client's DPoP key, and proofs by it that are good or bad in one point. */
import { createHash, randomUUID } from 'node:crypto';
import {
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
  type GenerateKeyPairResult,
  type JWK,
  SignJWT,
} from 'jose';

/** What is different from a good proof; undefined leaves a member out. */
export interface ProofChange {
  readonly method?: string;
  readonly nonce?: string | undefined;
  readonly accessToken?: string;
  readonly header?: Readonly<Record<string, unknown>>;
  readonly claims?: Readonly<Record<string, unknown>>;
}

/** One key, as an application on a device has it. */
export class DpopKey {
  private constructor(
    readonly jkt: string,
    readonly jwk: JWK,
    private readonly pair: GenerateKeyPairResult,
  ) {}

  static async generate(): Promise<DpopKey> {
    const pair = await generateKeyPair('ES256', { extractable: true });
    const jwk = await exportJWK(pair.publicKey);
    return new DpopKey(await calculateJwkThumbprint(jwk), jwk, pair);
  }

  /** The private key in a form that belongs into no proof. */
  privateJwk(): Promise<JWK> {
    return exportJWK(this.pair.privateKey);
  }

  /** A proof for `POST uri` of this moment, unless told otherwise. */
  proof(uri: string, change: ProofChange = {}): Promise<string> {
    const { method = 'POST', nonce, accessToken, header, claims } = change;
    const ath = accessToken && createHash('sha256').update(accessToken).digest('base64url');
    const payload = {
      jti: randomUUID(),
      htm: method,
      htu: uri,
      iat: Math.floor(Date.now() / 1000),
      nonce,
      ath,
      ...claims,
    };
    return new SignJWT(JSON.parse(JSON.stringify(payload)) as typeof payload)
      .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk: this.jwk, ...header })
      .sign(this.pair.privateKey);
  }
}
