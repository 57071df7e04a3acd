/** Configuration namespace `token`: how access tokens are signed and how long they live. */
import { registerAs } from '@nestjs/config';
import { parseEnvironment, type SigningAlgorithm } from './environment.schema.js';

/** Signing and lifetime of access tokens. */
export interface TokenConfig {
  readonly signingAlgorithm: SigningAlgorithm;
  readonly accessTokenSeconds: number;
  /** Encrypts private keys at rest; absent: one is generated in {@link dataDirectory}. */
  readonly keyEncryptionKey: Buffer | undefined;
  /** Makes refresh tokens, by version; absent: one is derived from the key above. */
  readonly refreshTokenKeys: ReadonlyMap<number, Buffer> | undefined;
  readonly dataDirectory: string;
}

export const tokenConfig = registerAs('token', (): TokenConfig => {
  const environment = parseEnvironment(process.env);
  return {
    signingAlgorithm: environment.AUTH_SIGNING_ALGORITHM,
    accessTokenSeconds: environment.AUTH_ACCESS_TOKEN_SECONDS,
    keyEncryptionKey: environment.AUTH_KEY_ENCRYPTION_KEY,
    refreshTokenKeys: environment.AUTH_REFRESH_TOKEN_KEYS,
    dataDirectory: environment.KEYWARD_DATA_DIR,
  };
});
