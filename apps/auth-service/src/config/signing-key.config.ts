/** Configuration namespace `signing-key`: when signing keys are published, sign and retire. */
import { registerAs } from '@nestjs/config';
import { parseEnvironment } from './environment.schema.js';
import { type SignerName } from './signing-key.variables.js';

/** The times of a signing key's life. */
export interface SigningKeyConfig {
  /** How long a key signs. Default: 30 days. */
  readonly rotationSeconds: number;
  /** How long a key is published before it signs. Default: 24 hours. */
  readonly leadSeconds: number;
  /** How often a replica looks for what another one changed. Default: 30 seconds. */
  readonly pollMs: number;
  /** How long the JWK Set may be kept by whoever fetched it. Default: 5 minutes. */
  readonly jwksMaxAgeSeconds: number;
  /** Who makes new keys and holds their private halves. Default: `row`. */
  readonly signer: SignerName;
  /** Where the signer of another process listens; undefined where there is none. */
  readonly signerSocket: string | undefined;
  /** How long it may take to answer. Default: 2 seconds. */
  readonly signerTimeoutMs: number;
}

export const signingKeyConfig = registerAs('signing-key', (): SigningKeyConfig => {
  const environment = parseEnvironment(process.env);
  return {
    rotationSeconds: environment.AUTH_SIGNING_KEY_ROTATION_SECONDS,
    leadSeconds: environment.AUTH_SIGNING_KEY_LEAD_SECONDS,
    pollMs: environment.AUTH_SIGNING_KEY_POLL_MS,
    jwksMaxAgeSeconds: environment.AUTH_JWKS_MAX_AGE_SECONDS,
    signer: environment.AUTH_SIGNER,
    signerSocket: environment.AUTH_SIGNER_SOCKET,
    signerTimeoutMs: environment.AUTH_SIGNER_TIMEOUT_MS,
  };
});
