/** Clients, resource and request of the tests of the authorization endpoint alone. */
import { createHash } from 'node:crypto';
import { type Client } from '../client/client.js';
import { clientFixture } from './client.fixture.js';
import { resourceFixture } from './resource.fixture.js';

export const ISSUER = 'https://login.example.com';
export const SECRET = 'secret';

export const ORDERS = resourceFixture({ identifier: 'urn:orders' });

export const CLIENTS: readonly Client[] = [
  { clientId: 'web', redirectUris: ['https://web.example.com/callback'] },
  {
    clientId: 'pushing',
    redirectUris: ['https://pushing.example.com/callback?tenant=1'],
    requirePushedRequests: true,
  },
  { clientId: 'disabled', disabledAt: new Date(), redirectUris: ['https://web.example.com/c'] },
].map((change) =>
  clientFixture({
    secretSha256: createHash('sha256').update(SECRET).digest(),
    grantTypes: ['authorization_code', 'refresh_token'],
    scopes: ['openid', 'email', 'offline_access', 'orders:read'],
    firstParty: true,
    ...change,
  }),
);

/** A good request, with these parameters changed, added, or by null left out. */
export function parameters(change: Record<string, string | null> = {}): URLSearchParams {
  const good: Record<string, string | null> = {
    client_id: 'web',
    redirect_uri: 'https://web.example.com/callback',
    response_type: 'code',
    scope: 'openid',
    state: 'a state & more',
    // Of RFC 7636 appendix B; nobody redeems a code here.
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    code_challenge_method: 'S256',
    ...change,
  };
  return new URLSearchParams(
    Object.entries(good).filter((entry): entry is [string, string] => entry[1] !== null),
  );
}
