/** Configuration namespace `signing-key`: when signing keys are published, sign and retire. */
import { registerAs } from '@nestjs/config';
import { parseEnvironment } from './environment.schema.js';

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
}

export const signingKeyConfig = registerAs('signing-key', (): SigningKeyConfig => {
  const environment = parseEnvironment(process.env);
  return {
    rotationSeconds: environment.AUTH_SIGNING_KEY_ROTATION_SECONDS,
    leadSeconds: environment.AUTH_SIGNING_KEY_LEAD_SECONDS,
    pollMs: environment.AUTH_SIGNING_KEY_POLL_MS,
    jwksMaxAgeSeconds: environment.AUTH_JWKS_MAX_AGE_SECONDS,
  };
});
