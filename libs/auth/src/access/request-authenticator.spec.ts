/** The way from a request to its principal: what stays with the request, and what stops the start. */
import { LoggingAuthObserver } from '../auth.observer.js';
import { type AuthModuleOptions } from '../auth.options.js';
import { VerificationUnavailableError } from '../bearer/bearer.errors.js';
import { type HttpRequest } from '../bearer/bearer-token.js';
import { principalOf, type AuthenticatedRequest } from '../principal/principal.js';
import { forgeToken, trustIn, verifierOf } from '../spec-support/access-token.fixture.js';
import { providerFixture } from '../spec-support/provider.fixture.js';
import { generateSigningKey } from '../testing/signing-key.js';
import { without } from '../spec-support/without.js';
import { type TrustOptions } from '../trust/trust.options.js';
import { RequestAuthenticator } from './request-authenticator.js';

const KEY = generateSigningKey('ES256');

class SilentObserver extends LoggingAuthObserver {
  override requestRefused(): void {
    // Nothing to see here.
  }
}

function authenticatorOf(
  trust: TrustOptions,
  more: Partial<AuthModuleOptions> = {},
): RequestAuthenticator {
  const options = { trusts: [trust], ...more };
  return new RequestAuthenticator(verifierOf([trust]), new SilentObserver(), options);
}

const requestWith = (token: string): HttpRequest & AuthenticatedRequest => ({
  headers: { authorization: `Bearer ${token}` },
});

describe('RequestAuthenticator', () => {
  it('leaves the principal beside the request, without waiting once the token is known', async () => {
    const authenticator = authenticatorOf(trustIn([KEY]));
    const token = forgeToken(KEY);
    const first = requestWith(token);
    const principal = await authenticator.authenticate(first);
    expect(principalOf(first)).toBe(principal);
    const second = requestWith(token);
    expect(authenticator.authenticate(second)).toBe(principal);
    expect(principalOf(second)).toBe(principal);
    expect(Object.keys(second)).toEqual(['headers']);
  });

  it('leaves the principal also where passport leaves its user, where that is asked for', async () => {
    const request = requestWith(forgeToken(KEY));
    const authenticator = authenticatorOf(trustIn([KEY]), { requestUser: true });
    expect(request.user).toBeUndefined();
    expect(await authenticator.authenticate(request)).toBe(request.user);
  });

  it('leaves nothing with a request that it refuses', () => {
    const request = requestWith(`${forgeToken(KEY)}x`);
    const authenticator = authenticatorOf(trustIn([KEY]), { requestUser: true });
    expect(() => authenticator.authenticate(request)).toThrow();
    expect(principalOf(request)).toBeUndefined();
    expect(request.user).toBeUndefined();
  });

  it('answers 503 with Retry-After, and not 401, while the keys are out of reach', async () => {
    const { server } = await providerFixture();
    try {
      server.fail(500);
      const rules = without(trustIn([KEY]), 'jwks');
      const remote = { ...rules, jwksUri: server.jwksUri } as TrustOptions;
      const request = requestWith(forgeToken(KEY));
      const error: unknown = await Promise.resolve(
        authenticatorOf(remote).authenticate(request),
      ).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(VerificationUnavailableError);
      const { headers } = error as VerificationUnavailableError;
      expect(Number(headers['Retry-After'])).toBeGreaterThanOrEqual(1);
      expect(headers).not.toHaveProperty('WWW-Authenticate');
    } finally {
      await server.close();
    }
  });

  it.each(['https://a.example/"', 'https://a.example/\r\nX: y', 'https://ä.example'])(
    'refuses resourceMetadata that no header can hold, at the start: %j',
    (resourceMetadata) => {
      expect(() => authenticatorOf(trustIn([KEY]), { resourceMetadata: resourceMetadata })).toThrow(
        TypeError,
      );
    },
  );
});
