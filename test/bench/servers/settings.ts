/** What the parent process tells a server of the benchmarks. */

/** Passed as JSON in the environment variable BENCH_SERVER. */
export interface ServerSettings {
  readonly kind:
    | 'unprotected'
    | 'bare-verify'
    | 'keyward'
    | 'keyward-observed'
    | 'keyward-shadow'
    | 'passport-jwt'
    | 'express-oauth2-jwt-bearer';
  readonly platform: 'express' | 'fastify';
  readonly issuer: string;
  readonly audience: string;
  readonly jwksUri: string;
  /** Where the keys of the shadow issuer would be, if it answered; for `keyward-shadow` alone. */
  readonly silentUri?: string;
  readonly algorithm: 'RS256' | 'ES256';
}
