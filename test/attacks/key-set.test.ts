/** Attacks on and through the JWK Set: floods, outages, weak keys, keys that are removed or replaced. */
import { TestClock } from '../support/resource-server-clock.js';
import { JwksServer, type JwksMode } from '../support/resource-server-jwks.js';
import {
  expectNowhere,
  expectTokenAccepted,
  expectTokenRefused,
} from '../support/resource-server-refusal.js';
import { PLATFORMS, ResourceServer, type Platform } from '../support/resource-server.js';
import { createSigningKey, TokenForge } from '../support/token-forge.js';

const ISSUER = 'https://as.example';
const AUDIENCE = 'https://orders.example';
const MAX_AGE_SECONDS = 60;
const BURST = 5;
const HOUR_SECONDS = 3600;

let clock: TestClock;
let endpoint: JwksServer;
let forge: TokenForge;
let server: ResourceServer;

async function start(platform: Platform, mode: JwksMode = 'keys'): Promise<void> {
  clock = new TestClock();
  forge = new TokenForge(ISSUER, AUDIENCE, createSigningKey('ES256', 'key-1'), clock);
  endpoint = await JwksServer.start([forge.key.jwk], MAX_AGE_SECONDS);
  endpoint.mode = mode;
  server = await ResourceServer.start(platform, {
    trusts: [
      {
        issuer: ISSUER,
        audience: AUDIENCE,
        algorithms: ['ES256', 'RS256'],
        jwksUri: endpoint.uri,
      },
    ],
    clock: clock.nowMs,
  });
}

afterEach(async () => {
  await server.stop();
  await endpoint.stop();
});

/** 503 with Retry-After and without a challenge: a client must not throw its token away. */
async function expectUnavailable(token: string): Promise<void> {
  const answer = await server.get('/orders', token);
  expect(answer.status).toBe(503);
  expect(Number(answer.headers['retry-after'])).toBeGreaterThanOrEqual(1);
  // The longest pause is 60 s, plus a quarter so that replicas do not ask in step.
  expect(Number(answer.headers['retry-after'])).toBeLessThanOrEqual(75);
  expect(answer.headers['www-authenticate']).toBeUndefined();
  expect(JSON.parse(answer.body)).toEqual({ statusCode: 503, message: 'Service Unavailable' });
  expect(server.refusals).toEqual([
    expect.objectContaining({ stage: 'key', reason: 'keys_unavailable', status: 503 }),
  ]);
  expect(server.reached).toEqual([]);
  expectNowhere(server, answer, [token]);
}

/** A token under a kid of its own, signed by the issuer's key; lives for an hour. */
const underKid = (kid: string): string =>
  forge.forge({ header: forge.header({ kid }), payload: hourly() });
const hourly = (): object => forge.claims({ exp: clock.nowSeconds() + HOUR_SECONDS });

describe.each(PLATFORMS)('a flood of unknown kids, on %s', (platform) => {
  beforeEach(() => start(platform));

  it('costs the issuer a burst and the first fetch when 500 come one by one', async () => {
    await expectTokenAccepted(server, await forge.issue());
    expect(endpoint.requests).toBe(1);
    for (let at = 0; at < 500; at += 1) {
      await expectTokenRefused(server, underKid(`unknown-${at}`), 'key', 'key_unknown');
    }
    expect(endpoint.requests).toBeLessThanOrEqual(BURST + 1);
    await expectTokenAccepted(server, await forge.issue());
  });

  it('costs no more when 500 come at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 500 }, (_, at) => server.get('/orders', underKid(`unknown-${at}`))),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401]));
    expect(endpoint.requests).toBeLessThanOrEqual(BURST + 1);
    await expectTokenAccepted(server, await forge.issue());
  });

  it('costs one fetch for 500 requests with one unknown kid', async () => {
    await expectTokenAccepted(server, await forge.issue());
    for (let at = 0; at < 500; at += 1) await server.get('/orders', underKid('unknown'));
    expect(endpoint.requests).toBe(2);
  });

  it('does not keep a rotated key out for longer than the interval of the bucket', async () => {
    for (let at = 0; at < 20; at += 1) await server.get('/orders', underKid(`unknown-${at}`));
    const rotated = createSigningKey('ES256', 'key-2');
    endpoint.keys = [forge.key.jwk, rotated.jwk];
    clock.advanceSeconds(30);
    const next = new TokenForge(ISSUER, AUDIENCE, rotated, clock);
    await expectTokenAccepted(server, await next.issue());
  });
});

describe.each(PLATFORMS)('a JWKS endpoint that is down, on %s', (platform) => {
  const outages = ['hangs up', 'answers 500', 'answers garbage'] as const;

  it.each(outages)('keeps serving known keys for an hour when it %s', async (mode) => {
    await start(platform);
    const token = forge.forge({ payload: hourly() });
    await expectTokenAccepted(server, token);
    endpoint.mode = mode;
    for (let minute = 1; minute < 60; minute += 1) {
      clock.advanceSeconds(60);
      await expectTokenAccepted(server, token);
      await expectTokenAccepted(server, await forge.issue());
      // Not 503: nobody may make the service fail at will while its issuer is down.
      await expectTokenRefused(server, underKid(`unknown-${minute}`), 'key', 'key_unknown');
    }
    // The issuer was asked now and then, not at every request.
    expect(endpoint.requests).toBeGreaterThan(5);
    expect(endpoint.requests).toBeLessThan(130);
    const rotated = createSigningKey('ES256', 'key-2');
    endpoint.keys = [rotated.jwk];
    endpoint.mode = 'keys';
    clock.advanceSeconds(90);
    const next = new TokenForge(ISSUER, AUDIENCE, rotated, clock);
    await expectTokenAccepted(server, await next.issue());
    await expectTokenRefused(server, token, 'key', 'key_unknown');
  });

  it.each(outages)(
    'answers 503, and recovers by itself, when it %s from the start',
    async (mode) => {
      await start(platform, mode);
      await expectUnavailable(await forge.issue());
      await expectUnavailable(underKid('unknown'));
      // What no key is needed for is still said: a broken token is broken.
      await expectTokenRefused(server, 'x.y.z', 'canonical', 'not_base64url');
      endpoint.mode = 'keys';
      clock.advanceSeconds(5);
      await expectTokenAccepted(server, await forge.issue());
    },
  );

  it('forgets its keys after a day without the issuer: 503, never 401', async () => {
    await start(platform);
    await expectTokenAccepted(server, await forge.issue());
    endpoint.mode = 'hangs up';
    clock.advanceSeconds(86_400 + MAX_AGE_SECONDS);
    await expectUnavailable(await forge.issue());
  });
});

describe.each(PLATFORMS)('a key that changes while its token is cached, on %s', (platform) => {
  beforeEach(() => start(platform));

  it('refuses a cached token once its key is removed', async () => {
    const token = forge.forge({ payload: hourly() });
    await expectTokenAccepted(server, token);
    endpoint.keys = [createSigningKey('ES256', 'key-2').jwk];
    clock.advanceSeconds(MAX_AGE_SECONDS);
    await expectTokenRefused(server, token, 'key', 'key_unknown');
    await expectTokenRefused(server, token, 'key', 'key_unknown');
  });

  it('refuses a cached token once another key has its kid', async () => {
    const token = forge.forge({ payload: hourly() });
    await expectTokenAccepted(server, token);
    const replaced = createSigningKey('ES256', 'key-1');
    endpoint.keys = [replaced.jwk];
    clock.advanceSeconds(MAX_AGE_SECONDS);
    await expectTokenRefused(server, token, 'signature', 'signature_mismatch');
    const next = new TokenForge(ISSUER, AUDIENCE, replaced, clock);
    await expectTokenAccepted(server, await next.issue());
  });

  it('keeps a cached token whose key is still there after a rotation', async () => {
    const token = forge.forge({ payload: hourly() });
    await expectTokenAccepted(server, token);
    endpoint.keys = [createSigningKey('ES256', 'key-2').jwk, forge.key.jwk];
    clock.advanceSeconds(MAX_AGE_SECONDS);
    await expectTokenAccepted(server, token);
    expect(endpoint.requests).toBeGreaterThanOrEqual(2);
  });
});
