/** What the parent process tells a server of the benchmarks. */

/** Passed as JSON in the environment variable BENCH_SERVER. */
export interface ServerSettings {
  readonly kind:
    'unprotected' | 'bare-verify' | 'keyward' | 'passport-jwt' | 'express-oauth2-jwt-bearer';
  readonly platform: 'express' | 'fastify';
  readonly issuer: string;
  readonly audience: string;
  readonly jwksUri: string;
  readonly algorithm: 'RS256' | 'ES256';
}
