/** The JWKS provider while its issuer is down: what goes on serving, how long, and who asks again. */
import { KeysUnavailableError } from '../access-token/refusal.js';
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

describe('an outage', () => {
  it('of an hour is served through without any request waiting', async () => {
    const { server, clock, provider, observer } = await start();
    await provider.warmUp();
    server.fail(503);
    clock.advanceSeconds(101);
    await expect(provider.resolve('a')).resolves.toBeDefined();
    for (let minute = 0; minute < 60; minute++) {
      clock.advanceSeconds(60);
      expect(current('a')).toBeDefined();
      await settle();
    }
    expect(provider.state(clock.nowMs)).toMatchObject({ status: 'stale', keys: 1 });
    expect(observer.failures.length).toBeGreaterThan(20);
    expect(observer.failures.length).toBeLessThanOrEqual(61);
    server.publish([A, B], { 'cache-control': 'max-age=100' });
    clock.advanceSeconds(90);
    current('a');
    await eventually(() => provider.state(clock.nowMs).status === 'fresh');
    expect(current('b')).toBeDefined();
    expect(provider.state(clock.nowMs)).not.toHaveProperty('lastFailure');
  });

  it('ends the use of known keys at the stale bound, to the millisecond', async () => {
    const { server, clock, provider } = await start({ maxStaleSeconds: 3600 });
    await provider.warmUp();
    server.fail(503);
    clock.advanceSeconds(101);
    await provider.resolve('a');
    clock.nowMs += (3600 - 1) * 1000 - 1;
    expect(current('a')).toBeDefined();
    await settle();
    clock.nowMs += 1;
    expect(current('a')).toBeUndefined();
    await expect(provider.resolve('a')).rejects.toThrow(KeysUnavailableError);
    expect(provider.state(clock.nowMs)).toMatchObject({ status: 'unavailable', keys: 0 });
  });

  it('is probed ever more rarely, up to once a minute', async () => {
    const { server, clock, provider } = await start({ retrySeconds: 2 });
    server.fail(500);
    const fetchesAfter: number[] = [];
    for (let second = 0; second < 600; second++) {
      const before = server.count();
      await provider.resolve('a').catch(() => undefined);
      if (server.count() > before) fetchesAfter.push(second);
      clock.advanceSeconds(1);
    }
    const pauses = fetchesAfter.slice(1).map((second, i) => second - (fetchesAfter[i] ?? 0));
    // Jitter is a quarter either way; a second is how finely this test looks.
    for (const [i, expected] of [2, 4, 8, 16, 32, 60, 60].entries()) {
      expect(pauses[i]).toBeGreaterThanOrEqual(Math.floor(expected * 0.75));
      expect(pauses[i]).toBeLessThanOrEqual(Math.ceil(expected * 1.25));
    }
  });

  it('is probed once in a pause, however many requests the known keys serve in it', async () => {
    const { server, clock, provider } = await start();
    await provider.warmUp();
    server.fail(500);
    clock.advanceSeconds(95);
    for (let i = 0; i < 20; i++) {
      expect(current('a')).toBeDefined();
      await settle();
    }
    expect(server.count()).toBe(2);
  });

  it('leaves no pause behind once a fetch succeeded', async () => {
    const { server, provider } = await start();
    server.fail(500);
    await provider.warmUp();
    server.publish([A]);
    await provider.warmUp();
    server.publish([A, B]);
    await expect(provider.resolve('b')).resolves.toMatchObject({ kid: 'b' });
  });

  it('answers with the time to wait', async () => {
    const { server, provider } = await start({ retrySeconds: 40 });
    server.fail(500);
    const error: unknown = await provider.resolve('a').catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(KeysUnavailableError);
    const { retryAfterSeconds } = error as KeysUnavailableError;
    expect(retryAfterSeconds).toBeGreaterThanOrEqual(30);
    expect(retryAfterSeconds).toBeLessThanOrEqual(50);
  });

  it('counts failed fetches for unknown kids into the pause', async () => {
    const { server, provider } = await start();
    await provider.warmUp();
    server.fail(500);
    for (let i = 0; i < 100; i++) await provider.resolve(`flood-${i}`).catch(() => undefined);
    expect(server.count()).toBe(2);
    expect(current('a')).toBeDefined();
  });

  it('refuses an unknown kid while keys are held, and finds its key once the issuer answers', async () => {
    const { server, clock, provider } = await start();
    await provider.warmUp();
    server.fail(500);
    await expect(provider.resolve('b')).resolves.toBeUndefined();
    await expect(provider.resolve('b')).resolves.toBeUndefined();
    server.publish([A, B]);
    clock.advanceSeconds(61);
    await expect(provider.resolve('b')).resolves.toMatchObject({ kid: 'b' });
  });

  it('never makes the warm-up fail', async () => {
    const { server, provider } = await start();
    server.fail(500);
    await expect(provider.warmUp()).resolves.toBeUndefined();
  });
});
