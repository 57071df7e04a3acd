/** Configuration namespace `token`: how access tokens are signed and how long they live. */
import { registerAs } from '@nestjs/config';
import { parseEnvironment, type SigningAlgorithm } from './environment.schema.js';

/** Signing and lifetime of access tokens. */
export interface TokenConfig {
  readonly signingAlgorithm: SigningAlgorithm;
  readonly accessTokenSeconds: number;
  /** Encrypt private keys at rest, by version; absent: one is generated in {@link dataDirectory}. */
  readonly keyEncryptionKeys: ReadonlyMap<number, Buffer> | undefined;
  /** Makes refresh tokens, by version; absent: one is derived from the oldest key above. */
  readonly refreshTokenKeys: ReadonlyMap<number, Buffer> | undefined;
  /** Whether a DPoP proof must hold a nonce of this server (RFC 9449 section 8). */
  readonly dpopNonce: 'required' | 'off';
  readonly dataDirectory: string;
}

export const tokenConfig = registerAs('token', (): TokenConfig => {
  const environment = parseEnvironment(process.env);
  const single = environment.AUTH_KEY_ENCRYPTION_KEY;
  return {
    signingAlgorithm: environment.AUTH_SIGNING_ALGORITHM,
    accessTokenSeconds: environment.AUTH_ACCESS_TOKEN_SECONDS,
    keyEncryptionKeys: environment.AUTH_KEY_ENCRYPTION_KEYS ?? (single && new Map([[1, single]])),
    refreshTokenKeys: environment.AUTH_REFRESH_TOKEN_KEYS,
    dpopNonce: environment.AUTH_DPOP_NONCE,
    dataDirectory: environment.KEYWARD_DATA_DIR,
  };
});
