/** Configuration namespace `server`: where the authorization server listens and who it says it is. */
import { registerAs } from '@nestjs/config';
import { type AllowedOrigins } from '../http/cors.hook.js';
import { parseEnvironment } from './environment.schema.js';

/** Listening address, issuer and mode. */
export interface ServerConfig {
  readonly host: string;
  readonly port: number;
  /** The `iss` of every token, an origin; every endpoint stands below it. */
  readonly issuer: string;
  readonly production: boolean;
  /** Pages that may call from a browser. Default: none in production, this machine's elsewhere. */
  readonly allowedOrigins: AllowedOrigins;
  /**
   * Addresses and networks whose `X-Forwarded-For` is believed, and whose client certificate header
   * where there is one. Default: none.
   */
  readonly trustedProxies: readonly string[];
}

export const serverConfig = registerAs('server', (): ServerConfig => {
  const environment = parseEnvironment(process.env);
  const production = environment.NODE_ENV === 'production';
  const scheme = environment.AUTH_TLS_CERT_FILE === undefined ? 'http' : 'https';
  return {
    host: environment.AUTH_HOST,
    port: environment.AUTH_PORT,
    issuer: environment.AUTH_ISSUER ?? `${scheme}://127.0.0.1:${environment.AUTH_PORT}`,
    production,
    allowedOrigins: environment.AUTH_CORS_ORIGINS ?? (production ? [] : 'loopback'),
    trustedProxies: environment.AUTH_TRUSTED_PROXIES,
  };
});
