/** Configuration namespace `server`: where the authorization server listens and who it says it is. */
import { registerAs } from '@nestjs/config';
import { parseEnvironment } from './environment.schema.js';

/** Listening address, issuer and mode. */
export interface ServerConfig {
  readonly host: string;
  readonly port: number;
  /** The `iss` of every token, an origin; every endpoint stands below it. */
  readonly issuer: string;
  readonly production: boolean;
}

export const serverConfig = registerAs('server', (): ServerConfig => {
  const environment = parseEnvironment(process.env);
  return {
    host: environment.AUTH_HOST,
    port: environment.AUTH_PORT,
    issuer: environment.AUTH_ISSUER ?? `http://127.0.0.1:${environment.AUTH_PORT}`,
    production: environment.NODE_ENV === 'production',
  };
});
