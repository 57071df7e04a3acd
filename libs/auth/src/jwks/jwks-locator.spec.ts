/** Discovery: which metadata is asked, in which order, and which is believed. */
import { generateSigningKey } from '../testing/signing-key.js';
import { providerFixture, type ProviderFixture } from '../spec-support/provider.fixture.js';
import { DocumentUnavailableError } from './json-document.js';
import { JwksLocator } from './jwks-locator.js';

const A = generateSigningKey('ES256', 'a').publicJwk;
const RFC8414 = '/.well-known/oauth-authorization-server';
const OPENID = '/.well-known/openid-configuration';
const LIMITS = { timeoutMs: 1000, maxBytes: 10_000, noCache: false };

let fixture: ProviderFixture;

beforeEach(async () => {
  fixture = await providerFixture({ discover: true });
  fixture.server.publish([A]);
});

afterEach(() => fixture.server.close());

const paths = (): string[] => fixture.server.requests.map(({ path }) => path);

describe('discovery', () => {
  it('asks RFC 8414 metadata first, and nothing else where it answers', async () => {
    const { server, provider } = fixture;
    server.serve(RFC8414, { issuer: server.url, jwks_uri: server.jwksUri });
    await expect(provider.resolve('a')).resolves.toMatchObject({ kid: 'a' });
    expect(paths()).toEqual([RFC8414, '/jwks']);
  });

  it('goes on to OpenID Connect discovery where that is absent', async () => {
    const { server, provider } = fixture;
    server.serve(OPENID, { issuer: server.url, jwks_uri: server.jwksUri });
    await expect(provider.resolve('a')).resolves.toMatchObject({ kid: 'a' });
    expect(paths()).toEqual([RFC8414, OPENID, '/jwks']);
  });

  it('is not repeated while the keys can be fetched, and is after they could not', async () => {
    const { server, provider, clock } = fixture;
    server.serve(RFC8414, { issuer: server.url, jwks_uri: server.jwksUri });
    await provider.warmUp();
    clock.advanceSeconds(700);
    await provider.resolve('a');
    expect(server.count(RFC8414)).toBe(1);
    server.fail(410);
    clock.advanceSeconds(700);
    await provider.resolve('a');
    server.serve('/moved', { keys: [A] });
    server.serve(RFC8414, { issuer: server.url, jwks_uri: `${server.url}/moved` });
    clock.advanceSeconds(700);
    await provider.resolve('none');
    expect(server.count(RFC8414)).toBe(2);
    expect(provider.state(clock.nowMs).status).toBe('fresh');
  });

  it.each<[string, (url: string) => unknown, RegExp]>([
    ['of another issuer', () => ({ issuer: 'https://evil.example' }), /another issuer/],
    [
      'of the issuer with a slash',
      (url) => ({ issuer: `${url}/`, jwks_uri: url }),
      /another issuer/,
    ],
    ['without an issuer', (url) => ({ jwks_uri: `${url}/jwks` }), /another issuer/],
    ['whose issuer is an array', (url) => ({ issuer: [url], jwks_uri: url }), /another issuer/],
    ['without jwks_uri', (url) => ({ issuer: url }), /no jwks_uri/],
    ['whose jwks_uri is no string', (url) => ({ issuer: url, jwks_uri: [url] }), /no jwks_uri/],
    ['whose jwks_uri is no URL', (url) => ({ issuer: url, jwks_uri: 'jwks' }), /not a URL/],
    [
      'that sends for keys over http',
      (url) => ({ issuer: url, jwks_uri: 'http://as.example/k' }),
      /not https/,
    ],
    [
      'that sends for keys to a file',
      (url) => ({ issuer: url, jwks_uri: 'file:///etc/keys' }),
      /not https/,
    ],
    [
      'that sends credentials along',
      (url) => ({ issuer: url, jwks_uri: 'https://a:b@as.example' }),
      /credentials/,
    ],
    ['that is an array', () => [], /not_a_json_object/],
    [
      'that says one thing twice',
      (url) => `{"issuer":"${url}","issuer":"${url}"}`,
      /duplicate_member/,
    ],
  ])('does not believe metadata %s', async (_, body, failure) => {
    const { server } = fixture;
    server.serve(RFC8414, body(server.url));
    const locator = new JwksLocator(server.url, undefined, false);
    const error: unknown = await locator.locate(LIMITS).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(DocumentUnavailableError);
    expect((error as Error).message).toMatch(failure);
    expect(server.count()).toBe(0);
  });

  it('is not made where the URL was configured', async () => {
    const { server } = fixture;
    const locator = new JwksLocator(server.url, server.jwksUri, false);
    await expect(locator.locate(LIMITS)).resolves.toBe(server.jwksUri);
    expect(paths()).toEqual([]);
  });

  it('puts the well-known part where each specification wants it for an issuer with a path', async () => {
    const { server } = fixture;
    const locator = new JwksLocator(`${server.url}/realms/one`, undefined, false);
    await expect(locator.locate(LIMITS)).rejects.toThrow(DocumentUnavailableError);
    expect(paths()).toEqual([`${RFC8414}/realms/one`, `/realms/one${OPENID}`]);
  });
});
