/** Configuration namespace `token`: how access tokens are signed and how long they live. */
import { registerAs } from '@nestjs/config';
import { parseEnvironment, type SigningAlgorithm } from './environment.schema.js';

/** Signing and lifetime of access tokens. */
export interface TokenConfig {
  readonly signingAlgorithm: SigningAlgorithm;
  readonly accessTokenSeconds: number;
  /** Encrypts private keys at rest; absent: one is generated in {@link dataDirectory}. */
  readonly keyEncryptionKey: Buffer | undefined;
  readonly dataDirectory: string;
}

export const tokenConfig = registerAs('token', (): TokenConfig => {
  const environment = parseEnvironment(process.env);
  return {
    signingAlgorithm: environment.AUTH_SIGNING_ALGORITHM,
    accessTokenSeconds: environment.AUTH_ACCESS_TOKEN_SECONDS,
    keyEncryptionKey: environment.AUTH_KEY_ENCRYPTION_KEY,
    dataDirectory: environment.KEYWARD_DATA_DIR,
  };
});
