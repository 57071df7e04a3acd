import * as realCrypto from 'node:crypto';
import { jest } from '@jest/globals';
import { InvalidClientError, TemporarilyUnavailableError } from '@keyward/oauth';
import { type ClientCertificate } from '@keyward/auth';
import { type Client } from '../client/client.js';
import { type CachedClientStore } from '../client/cached-client.store.js';
import { type ClientCertificateVerifier } from '../client-certificate/client-certificate.verifier.js';
import { type ClientCertificates } from '../client-certificate/client-certificates.js';
import { type LimitsConfig } from '../config/limits.config.js';
import { RequestLimits } from '../limits/request.limits.js';
import { MemoryRequestRateStore } from '../storage/memory/memory-request-rate.store.js';
import { clientFixture } from '../testing/client.fixture.js';
import { RecordedAudit } from '../testing/recorded-audit.js';
import { type ClientAssertionVerifier } from './client-assertion.verifier.js';
import { type ClientCredentials, type SecretCredentials } from './client-credentials.parser.js';
import { ORIGIN } from '../testing/request-origin.fixture.js';

// The real functions, counted: equal work is what keeps the outcomes equal in time.
const hash = jest.fn(realCrypto.hash);
const timingSafeEqual = jest.fn(realCrypto.timingSafeEqual);
jest.unstable_mockModule('node:crypto', () => ({ ...realCrypto, hash, timingSafeEqual }));
const { ClientAuthenticator } = await import('./client.authenticator.js');

const SHOP = clientFixture({
  secretSha256: realCrypto.createHash('sha256').update('right').digest(),
});
const CLIENTS: Record<string, Client> = {
  shop: SHOP,
  disabled: { ...SHOP, clientId: 'disabled', disabledAt: new Date() },
  // No secret is known that has this digest; an absent client is compared with the same.
  zero: { ...SHOP, clientId: 'zero', secretSha256: Buffer.alloc(32) },
  spa: { ...SHOP, clientId: 'spa', authenticationMethod: 'none', secretSha256: null },
  gone: {
    ...SHOP,
    clientId: 'gone',
    authenticationMethod: 'none',
    secretSha256: null,
    disabledAt: new Date(),
  },
  partner: {
    ...SHOP,
    clientId: 'partner',
    authenticationMethod: 'private_key_jwt',
    secretSha256: null,
    jwks: { keys: [] },
  },
  certified: {
    ...SHOP,
    clientId: 'certified',
    authenticationMethod: 'tls_client_auth',
    secretSha256: null,
  },
};
const CERTIFICATE: ClientCertificate = {
  der: Buffer.from('good'),
  thumbprint: '',
  isChainTrusted: true,
};

describe('ClientAuthenticator', () => {
  const find = jest.fn(async (clientId: string) => CLIENTS[clientId] ?? null);
  // What an assertion is worth is decided elsewhere; here, what follows from it.
  const findProblem = jest.fn(async (client: Client | null, assertion: string) =>
    client?.clientId === 'partner' && assertion === 'good' ? null : 'bad assertion',
  );
  const findCertificateProblem = jest.fn(
    async (client: Client, certificate: ClientCertificate | null) =>
      client.clientId === 'certified' && certificate === CERTIFICATE ? null : 'bad certificate',
  );
  const audit = new RecordedAudit();
  const authenticator = new ClientAuthenticator(
    { find, remembers: () => true } satisfies Pick<CachedClientStore, 'find' | 'remembers'>,
    { findProblem } as unknown as ClientAssertionVerifier,
    { of: () => null } as unknown as ClientCertificates,
    { findProblem: findCertificateProblem } as unknown as ClientCertificateVerifier,
    { findProblem: () => undefined },
    new RequestLimits({} as LimitsConfig, new MemoryRequestRateStore()),
    audit,
  );
  const credentials = (change: Partial<SecretCredentials>): ClientCredentials => ({
    clientId: 'shop',
    clientSecret: 'right',
    method: 'client_secret_basic',
    ...change,
  });

  beforeEach(() => {
    jest.clearAllMocks();
    audit.events.length = 0;
    audit.origins.length = 0;
  });

  const expectEqualWork = () => {
    expect(find).toHaveBeenCalledTimes(1);
    expect(hash).toHaveBeenCalledTimes(1);
    expect(timingSafeEqual).toHaveBeenCalledTimes(2);
  };

  it('returns the client that knows its secret', async () => {
    expect(await authenticator.verify(credentials({}), ORIGIN)).toBe(SHOP);
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
    ['a public client that sends a secret', { clientId: 'spa' }],
    ['a public client that sends an empty secret', { clientId: 'spa', clientSecret: '' }],
    ['a client of keys that sends a secret', { clientId: 'partner' }],
  ])('refuses %s after the same work, with the same description', async (_, change) => {
    const error = await authenticator.verify(credentials(change), ORIGIN).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(InvalidClientError);
    expect((error as InvalidClientError).toResponse()).toEqual({
      error: 'invalid_client',
      error_description: 'client authentication failed',
    });
    expect((error as InvalidClientError).reason).not.toContain('right');
    expectEqualWork();
  });

  it('returns a public client that names itself', async () => {
    const client = await authenticator.verify({ method: 'none', clientId: 'spa' }, ORIGIN);
    expect(client).toBe(CLIENTS['spa']);
  });

  it('returns a client whose assertion is good', async () => {
    const credentials = {
      method: 'private_key_jwt',
      clientId: 'partner',
      assertion: 'good',
    } as const;
    const client = await authenticator.verify(credentials, ORIGIN);
    expect(client).toBe(CLIENTS['partner']);
  });

  it('returns a client whose certificate is good, and names itself', async () => {
    const credentials = { method: 'none', clientId: 'certified' } as const;
    expect(await authenticator.verify(credentials, ORIGIN, CERTIFICATE)).toBe(CLIENTS['certified']);
  });

  it.each<[string, ClientCredentials, ClientCertificate | null]>([
    ['without one', { method: 'none', clientId: 'certified' }, null],
    ['with another', { method: 'none', clientId: 'certified' }, { ...CERTIFICATE }],
    ['with a secret beside it', credentials({ clientId: 'certified' }), CERTIFICATE],
    [
      'with an assertion beside it',
      { method: 'private_key_jwt', clientId: 'certified', assertion: 'good' },
      CERTIFICATE,
    ],
    ['that is none of its method', { method: 'none', clientId: 'shop' }, CERTIFICATE],
    ['that there is not', { method: 'none', clientId: 'nobody' }, CERTIFICATE],
  ])(
    'refuses a client of certificates %s, with the same description',
    async (_, presented, certificate) => {
      await expect(authenticator.verify(presented, ORIGIN, certificate)).rejects.toMatchObject({
        code: 'invalid_client',
        description: 'client authentication failed',
      });
    },
  );

  it('takes a public client with a certificate for what it is', async () => {
    const credentials = { method: 'none', clientId: 'spa' } as const;
    expect(await authenticator.verify(credentials, ORIGIN, CERTIFICATE)).toBe(CLIENTS['spa']);
    expect(findCertificateProblem).not.toHaveBeenCalled();
  });

  it.each<[string, ClientCredentials]>([
    ['a client with a secret that only names itself', { method: 'none', clientId: 'shop' }],
    ['a client of keys that only names itself', { method: 'none', clientId: 'partner' }],
    ['an unknown client that names itself', { method: 'none', clientId: 'nobody' }],
    ['a disabled public client', { method: 'none', clientId: 'gone' }],
    ['a bad assertion', { method: 'private_key_jwt', clientId: 'partner', assertion: 'forged' }],
    [
      'an assertion of a client with a secret',
      { method: 'private_key_jwt', clientId: 'shop', assertion: 'good' },
    ],
    ['an assertion of nobody', { method: 'private_key_jwt', clientId: '', assertion: 'good' }],
  ])('refuses %s, with the same description', async (_, presented) => {
    await expect(authenticator.verify(presented, ORIGIN)).rejects.toMatchObject({
      code: 'invalid_client',
      description: 'client authentication failed',
    });
    expect(find).toHaveBeenCalledTimes(1);
    // The assertion is checked all the same, so that it takes as long.
    expect(findProblem).toHaveBeenCalledTimes(presented.method === 'private_key_jwt' ? 1 : 0);
  });

  it('records what it refuses of a client that there is, and of no other', async () => {
    for (const clientId of ['shop', 'nobody']) {
      await authenticator
        .verify(credentials({ clientId, clientSecret: 'x' }), ORIGIN)
        .catch(() => null);
    }
    expect(audit.events).toEqual([
      {
        type: 'client.authentication',
        outcome: 'failure',
        clientId: 'shop',
        reason: 'wrong secret',
      },
    ]);
    expect(audit.origins).toEqual([ORIGIN]);
  });

  it('does not take a store that is down for an unknown client', async () => {
    find.mockRejectedValueOnce(new TemporarilyUnavailableError('down'));
    await expect(authenticator.verify(credentials({}), ORIGIN)).rejects.toThrow(
      TemporarilyUnavailableError,
    );
  });
});
