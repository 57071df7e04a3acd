/** Every limit on requests: whose they are counted by, and what is taken unless the operator says otherwise. */

/**
 * Generous: who works as they should never meets one. A client that proved who it is is counted by its
 * id alone, wherever it asks from; a public client, whose id anybody may say, by id and address.
 */
export const REQUEST_LIMITS = {
  token: { by: 'client', byDefault: '2000/s burst 10000', at: 'the token endpoint' },
  introspection: { by: 'client', byDefault: '10000/s burst 20000', at: 'introspection' },
  revocation: { by: 'client', byDefault: '500/s burst 2000', at: 'revocation' },
  par: { by: 'client', byDefault: '500/s burst 2000', at: 'pushed authorization requests' },
  device: { by: 'client', byDefault: '200/s burst 1000', at: 'device authorization requests' },
  refused: {
    by: 'address',
    byDefault: '50/s burst 2000',
    at: 'requests whose client or token proved to be none',
  },
  authorization: {
    by: 'address',
    byDefault: '200/s burst 2000',
    at: 'the authorization endpoint',
  },
  pages: { by: 'address', byDefault: '200/s burst 2000', at: 'the pages that people see' },
  registration: { by: 'address', byDefault: '20/s burst 200', at: 'client registration' },
  userinfo: { by: 'account', byDefault: '50/s burst 500', at: 'userinfo' },
  administration: { by: 'subject', byDefault: '200/s burst 1000', at: 'the administration API' },
} as const;

/** The name of a limit, as keys, headers and metrics have it. */
export type RequestLimitName = keyof typeof REQUEST_LIMITS;

/** Every {@link RequestLimitName}. */
export const REQUEST_LIMIT_NAMES = Object.keys(REQUEST_LIMITS) as RequestLimitName[];
