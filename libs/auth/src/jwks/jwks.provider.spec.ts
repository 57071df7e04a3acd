/** The JWKS provider while its issuer answers: freshness, rotation, single flight, unknown kids. */
import { type VerificationKey } from '../jws/verification-key.js';
import {
  eventually,
  providerFixture,
  settle,
  type ProviderFixture,
} from '../spec-support/provider.fixture.js';
import { generateSigningKey } from '../testing/signing-key.js';
import { type JwksOptions } from './jwks.options.js';

const A = generateSigningKey('ES256', 'a').publicJwk;
const B = generateSigningKey('ES256', 'b').publicJwk;

let fixture: ProviderFixture;

async function start(options: JwksOptions = {}): Promise<ProviderFixture> {
  fixture = await providerFixture(options);
  fixture.server.publish([A], { 'cache-control': 'max-age=100' });
  return fixture;
}

afterEach(() => fixture.server.close());

const current = (kid: string): VerificationKey | undefined =>
  fixture.provider.current(kid, fixture.clock.nowMs);

describe('the first fetch', () => {
  it('is one for 100 requests at a time', async () => {
    const { server, provider } = await start();
    const keys = await Promise.all(Array.from({ length: 100 }, () => provider.resolve('a')));
    expect(server.count()).toBe(1);
    expect(new Set(keys).size).toBe(1);
    expect(keys[0]?.kid).toBe('a');
  });

  it('is made by the warm-up, so that the first request waits for nothing', async () => {
    const { server, provider } = await start();
    expect(current('a')).toBeUndefined();
    await provider.warmUp();
    expect(current('a')?.kid).toBe('a');
    expect(server.count()).toBe(1);
  });

  it('is shared by the warm-up and the requests that come during it', async () => {
    const { server, provider } = await start();
    const [, key] = await Promise.all([provider.warmUp(), provider.resolve('a')]);
    expect(key?.kid).toBe('a');
    expect(server.count()).toBe(1);
  });

  it('is never made for a token without kid', async () => {
    const { server, provider } = await start();
    await expect(provider.resolve(undefined)).resolves.toBeUndefined();
    expect(provider.current(undefined, fixture.clock.nowMs)).toBeUndefined();
    await settle();
    expect(server.count()).toBe(0);
  });
});

describe('freshness', () => {
  it.each([
    ['max-age', { 'cache-control': 'max-age=100' }, 100],
    ['max-age among others', { 'cache-control': 'public, max-age=100, must-revalidate' }, 100],
    ['max-age less Age', { 'cache-control': 'max-age=1000', age: '900' }, 100],
    ['an Age that is no number', { 'cache-control': 'max-age=100', age: 'x' }, 100],
    ['s-maxage, which is for shared caches', { 'cache-control': 's-maxage=5000' }, 600],
    ['the default where nothing is said', {}, 600],
    ['at least the minimum', { 'cache-control': 'max-age=1' }, 30],
    ['the minimum for no-store', { 'cache-control': 'no-store, max-age=100' }, 30],
    ['the minimum where Age is above max-age', { 'cache-control': 'max-age=10', age: '99' }, 30],
    ['at most the maximum', { 'cache-control': 'max-age=9999999999' }, 86_400],
  ])('is %s', async (_, headers, seconds) => {
    const { server, clock, provider } = await start();
    server.publish([A], headers as Record<string, string>);
    await provider.warmUp();
    clock.nowMs += seconds * 1000 - 1;
    expect(provider.state(clock.nowMs).status).toBe('fresh');
    clock.nowMs += 1;
    expect(provider.state(clock.nowMs).status).toBe('stale');
  });

  it('is renewed behind the requests between 70 and 90% of it, once', async () => {
    const { server, clock, provider } = await start();
    await provider.warmUp();
    clock.advanceSeconds(69.9);
    expect(current('a')).toBeDefined();
    await settle();
    expect(server.count()).toBe(1);
    clock.advanceSeconds(20.2);
    for (let i = 0; i < 100; i++) expect(current('a')).toBeDefined();
    await eventually(() => provider.state(clock.nowMs).fetchedAtMs === clock.nowMs);
    for (let i = 0; i < 100; i++) expect(current('a')).toBeDefined();
    expect(server.count()).toBe(2);
  });

  it('makes the next request wait once it is over', async () => {
    const { server, clock, provider } = await start();
    await provider.warmUp();
    server.publish([B], { 'cache-control': 'max-age=100' });
    clock.advanceSeconds(100);
    expect(current('a')).toBeUndefined();
    await expect(provider.resolve('b')).resolves.toMatchObject({ kid: 'b' });
    expect(server.count()).toBe(2);
    expect(current('a')).toBeUndefined();
  });
});

describe('rotation', () => {
  it('finds a new key at once, by one fetch that caches on the way may not answer', async () => {
    const { server, provider } = await start();
    await provider.warmUp();
    server.publish([A, B]);
    await expect(provider.resolve('b')).resolves.toMatchObject({ kid: 'b' });
    expect(server.requests.map(({ headers }) => headers['cache-control'])).toEqual([
      undefined,
      'no-cache',
    ]);
  });

  it('stops using a key that is gone from the set, and keeps the others', async () => {
    const { server, clock, provider } = await start();
    server.publish([A, B], { 'cache-control': 'max-age=100' });
    await provider.warmUp();
    server.publish([B], { 'cache-control': 'max-age=100' });
    clock.advanceSeconds(101);
    await expect(provider.resolve('a')).resolves.toBeUndefined();
    expect(current('a')).toBeUndefined();
    expect(current('b')).toBeDefined();
  });

  it('keeps the object of a key that has not changed, and makes a new one of a key that has', async () => {
    const { server, clock, provider } = await start();
    server.publish([A, B]);
    await provider.warmUp();
    const [a, b] = [current('a'), current('b')];
    const replaced = generateSigningKey('ES256', 'b').publicJwk;
    server.publish([{ ...A, 'x-note': 'still the same key' }, replaced]);
    clock.advanceSeconds(700);
    await provider.resolve('a');
    expect(current('a')).toBe(a);
    expect(current('b')).toBeDefined();
    expect(current('b')).not.toBe(b);
  });

  it('replaces the set in one step: no request sees a half of it', async () => {
    const { server, clock, provider } = await start();
    await provider.warmUp();
    const release = server.hold((_, response) => {
      response.end(JSON.stringify({ keys: [B] }));
    });
    clock.advanceSeconds(95);
    expect(current('a')).toBeDefined();
    await eventually(() => server.count() === 2);
    expect([current('a')?.kid, current('b')?.kid]).toEqual(['a', undefined]);
    release();
    await eventually(() => current('b') !== undefined);
    expect(current('a')).toBeUndefined();
  });
});

describe('an unknown kid', () => {
  it('costs the issuer one fetch, however many requests name it at a time', async () => {
    const { server, provider } = await start();
    await provider.warmUp();
    await Promise.all(Array.from({ length: 100 }, () => provider.resolve('none')));
    expect(server.count()).toBe(2);
  });

  it('is remembered for the interval, and then asked for again', async () => {
    const { server, clock, provider } = await start({ unknownKidIntervalSeconds: 30 });
    server.publish([A], { 'cache-control': 'max-age=1000' });
    await provider.warmUp();
    await provider.resolve('none');
    clock.advanceSeconds(29.9);
    await provider.resolve('none');
    expect(server.count()).toBe(2);
    clock.advanceSeconds(0.2);
    server.publish([A, { ...B, kid: 'none' }]);
    await expect(provider.resolve('none')).resolves.toMatchObject({ kid: 'none' });
    expect(server.count()).toBe(3);
  });

  it('is remembered beside others: asking for one does not make another new', async () => {
    const { server, provider } = await start();
    await provider.warmUp();
    for (const kid of ['x', 'y', 'x', 'y', 'x']) await provider.resolve(kid);
    expect(server.count()).toBe(3);
  });

  it('never costs more than the token bucket holds, in a flood of a thousand', async () => {
    const { server, clock, provider } = await start({
      unknownKidBurst: 5,
      unknownKidIntervalSeconds: 30,
    });
    server.publish([A], { 'cache-control': 'max-age=10000' });
    await provider.warmUp();
    for (let i = 0; i < 1000; i++) await provider.resolve(`flood-${i}`);
    expect(server.count()).toBe(1 + 5);
    clock.advanceSeconds(30);
    for (let i = 0; i < 1000; i++) await provider.resolve(`more-${i}`);
    expect(server.count()).toBe(1 + 5 + 1);
    expect(current('a')).toBeDefined();
  });

  it('that joined a fetch which a cache may have answered is not yet taken for unknown', async () => {
    const { server, clock, provider } = await start();
    await provider.warmUp();
    const release = server.hold((_, response) => response.end(JSON.stringify({ keys: [A] })));
    clock.advanceSeconds(95);
    current('a');
    await eventually(() => server.count() === 2);
    const joined = provider.resolve('b');
    await settle();
    release();
    server.publish([A, B]);
    await joined;
    await expect(provider.resolve('b')).resolves.toMatchObject({ kid: 'b' });
  });
});
