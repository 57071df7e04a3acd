import * as realCrypto from 'node:crypto';
import { jest } from '@jest/globals';
import { InvalidClientError, TemporarilyUnavailableError } from '@keyward/oauth';
import { type Client } from '../client/client.js';
import { type ClientStore } from '../client/client.store.js';
import { clientFixture } from '../testing/client.fixture.js';
import { type ClientCredentials } from './client-credentials.parser.js';

// The real functions, counted: equal work is what keeps the outcomes equal in time.
const createHash = jest.fn(realCrypto.createHash);
const timingSafeEqual = jest.fn(realCrypto.timingSafeEqual);
jest.unstable_mockModule('node:crypto', () => ({ ...realCrypto, createHash, timingSafeEqual }));
const { ClientAuthenticator } = await import('./client.authenticator.js');

const SHOP = clientFixture({
  secretSha256: realCrypto.createHash('sha256').update('right').digest(),
});
const CLIENTS: Record<string, Client> = {
  shop: SHOP,
  disabled: { ...SHOP, clientId: 'disabled', disabledAt: new Date() },
  // No secret is known that has this digest; an absent client is compared with the same.
  zero: { ...SHOP, clientId: 'zero', secretSha256: Buffer.alloc(32) },
};

describe('ClientAuthenticator', () => {
  const find = jest.fn(async (clientId: string) => CLIENTS[clientId] ?? null);
  const authenticator = new ClientAuthenticator({ find } satisfies ClientStore);
  const credentials = (change: Partial<ClientCredentials>): ClientCredentials => ({
    clientId: 'shop',
    clientSecret: 'right',
    method: 'client_secret_basic',
    ...change,
  });

  beforeEach(() => jest.clearAllMocks());

  const expectEqualWork = () => {
    expect(find).toHaveBeenCalledTimes(1);
    expect(createHash).toHaveBeenCalledTimes(1);
    expect(timingSafeEqual).toHaveBeenCalledTimes(1);
  };

  it('returns the client that knows its secret', async () => {
    expect(await authenticator.verify(credentials({}))).toBe(SHOP);
    expectEqualWork();
  });

  it.each([
    ['a wrong secret', { clientSecret: 'wrong' }],
    ['an empty secret', { clientSecret: '' }],
    ['a secret of 60,000 characters', { clientSecret: 'a'.repeat(60_000) }],
    ['an unknown client', { clientId: 'nobody' }],
    ['an unknown client with the secret of another', { clientId: 'nobody', clientSecret: 'right' }],
    ['a client id with a NUL', { clientId: 'shop\u0000' }],
    ['a client id of 300 characters', { clientId: 'a'.repeat(300) }],
    ['another method than the registered one', { method: 'client_secret_post' as const }],
    ['a disabled client', { clientId: 'disabled' }],
    ['a client whose stored digest is all zeros', { clientId: 'zero' }],
  ])('refuses %s after the same work, with the same description', async (_, change) => {
    const error = await authenticator.verify(credentials(change)).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(InvalidClientError);
    expect((error as InvalidClientError).toResponse()).toEqual({
      error: 'invalid_client',
      error_description: 'client authentication failed',
    });
    expect((error as InvalidClientError).reason).not.toContain('right');
    expectEqualWork();
  });

  it('does not take a store that is down for an unknown client', async () => {
    find.mockRejectedValueOnce(new TemporarilyUnavailableError('down'));
    await expect(authenticator.verify(credentials({}))).rejects.toThrow(
      TemporarilyUnavailableError,
    );
  });
});
