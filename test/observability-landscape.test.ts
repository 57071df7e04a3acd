/** What operators see of three services that work together: log, metrics and traces, and no secret in any of them. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { SmtpSink } from '@keyward/auth-service/testing';
import { ADMIN_CLIENTS_SCOPE, ADMINISTRATION_PATH } from '@keyward/oauth';
import * as client from 'openid-client';
import { machine } from './support/exchange-landscape.js';
import { freeLoopbackPort } from './support/free-loopback-port.js';
import { HttpBrowser } from './support/http-browser.js';
import { CLIENT_SECRET, PUBLIC } from './support/openid-provider.clients.js';
import { type CollectedSpan, OtlpCollector } from './support/otlp-collector.js';
import { MFA_ACR, orderOf, PaymentLandscape } from './support/payment-landscape.js';
import { type RelyingParty, type Tokens } from './support/relying-party.js';
import { readDocumentedMetrics, readExpressions } from './support/prometheus-files.js';
import { missingFrom } from './support/prometheus-query.js';
import { SecretRecorder } from './support/secret-recorder.js';
import { fetchMetrics, type Scrape } from './support/scrape.js';

const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const SERVICES = ['AUTH', 'ORDERS', 'PAYMENTS'] as const;

let landscape: PaymentLandscape;
let collector: OtlpCollector;
let mail: SmtpSink;
let shop: RelyingParty;
let tokens: Tokens;
const recorder = new SecretRecorder();
const metricsPorts = new Map<string, number>();

beforeAll(async () => {
  collector = await OtlpCollector.start();
  mail = await SmtpSink.start();
  const authPort = await freeLoopbackPort();
  const issuer = `http://127.0.0.1:${authPort}`;
  const observed: Record<string, Record<string, string>> = {};
  for (const prefix of SERVICES) {
    metricsPorts.set(prefix, await freeLoopbackPort());
    observed[prefix] = {
      [`${prefix}_METRICS_PORT`]: String(metricsPorts.get(prefix)),
      [`${prefix}_LOG_LEVEL`]: 'trace',
      [`${prefix}_LOG_FORMAT`]: 'json',
      [`${prefix}_LOG_REQUESTS`]: 'all',
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_BSP_SCHEDULE_DELAY: '100',
    };
  }
  recorder.start();
  recorder.add(CLIENT_SECRET, 'client_secret');
  landscape = await PaymentLandscape.start(observed['PAYMENTS'], {
    orders: observed['ORDERS'] ?? {},
    provider: {
      environment: {
        ...observed['AUTH'],
        ...(mail.environment as Record<string, string>),
        AUTH_PORT: String(authPort),
      },
      resources: [
        {
          identifier: `${issuer}${ADMINISTRATION_PATH}`,
          name: 'Administration',
          scopes: [ADMIN_CLIENTS_SCOPE],
        },
      ],
      clients: [
        {
          client_id: 'administrator',
          name: 'Administrator',
          token_endpoint_auth_method: 'client_secret_basic',
          client_secret: { env: 'CLIENT_SECRET' },
          grant_types: ['client_credentials'],
          scope: ADMIN_CLIENTS_SCOPE,
        },
      ],
    },
  });
  const { password } = landscape.provider.alice;
  recorder.add(password, 'password');
  shop = landscape.shop();
  tokens = await landscape.signIn(shop);
}, 180_000);

afterAll(async () => {
  recorder.stop();
  await landscape?.stop();
  await collector?.stop();
  await mail?.stop();
});

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

async function placeOrder(headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  return fetch(`${landscape.orders.url}/orders`, {
    method: 'POST',
    headers: { ...bearer(tokens.access_token), 'content-type': 'application/json', ...headers },
    body: JSON.stringify(orderOf(2500)),
  });
}

async function spansOf(traceId: string, complete: (spans: CollectedSpan[]) => boolean) {
  const end = Date.now() + 15_000;
  for (;;) {
    const spans = collector.spans.filter((span) => span.traceId === traceId);
    if (complete(spans) || Date.now() > end) return spans;
    await sleep(50);
  }
}

describe('traces', () => {
  it('follow one order through orders-service, auth-service and payments-service', async () => {
    const caller = '00f067aa0ba902b7';
    const response = await placeOrder({ traceparent: `00-${TRACE_ID}-${caller}-01` });
    expect(response.status).toBe(201);
    const has = (spans: CollectedSpan[], service: string, name: string) =>
      spans.find((span) => span.service === service && span.name === name);
    const [placing, exchanging, paying] = [
      ['orders-service', 'POST /orders'],
      ['auth-service', 'POST /oauth2/token'],
      ['payments-service', 'PUT /payments/:order_id'],
    ] as const;
    const spans = await spansOf(TRACE_ID, (found) =>
      [placing, exchanging, paying].every(
        ([service, name]) => has(found, service, name) !== undefined,
      ),
    );
    const told = spans.map(({ service, name, kind }) => `${service} ${kind} ${name}`);
    expect(told).toEqual(
      expect.arrayContaining([
        'orders-service 2 POST /orders',
        'auth-service 2 POST /oauth2/token',
        'payments-service 2 PUT /payments/:order_id',
      ]),
    );
    const placed = has(spans, ...placing);
    expect(placed?.parentSpanId).toBe(caller);
    const exchanged = has(spans, ...exchanging);
    const paid = has(spans, ...paying);
    const byId = new Map(spans.map((span) => [span.spanId, span]));
    for (const served of [exchanged, paid]) {
      const called = byId.get(served?.parentSpanId ?? '');
      expect([called?.service, called?.kind]).toEqual(['orders-service', 3]);
      expect(called?.parentSpanId).toBe(placed?.spanId);
    }
    // What the guard of payments-service did stands below the request that it did it for.
    const guarded = spans.find(
      ({ service, name }) => service === 'payments-service' && name === 'keyward.authentication',
    );
    expect(guarded?.parentSpanId).toBe(paid?.spanId);
  });

  it('are not gone on with for callers of other networks', async () => {
    // The authorization server believes nobody but this machine, which a proxy's header does not change.
    const other = 'a'.repeat(32);
    await fetch(`${landscape.provider.issuer}/.well-known/jwks.json`, {
      headers: { traceparent: `00-${other}-00f067aa0ba902b7-zz` },
    });
    await sleep(300);
    expect(collector.spans.filter(({ traceId }) => traceId === other)).toEqual([]);
  });
});

const scrape = (prefix: string): Promise<Scrape> => fetchMetrics(metricsPorts.get(prefix) ?? 0);

describe('metrics', () => {
  it('tell what the authorization server gave and refused', async () => {
    const before = await scrape('AUTH');
    const wrong = await landscape.provider.post('/oauth2/token', machine('administrator'), {
      grant_type: 'client_credentials',
      scope: 'nobody-ever-heard-of-it',
    });
    expect(wrong.status).toBe(400);
    const refreshed = await shop.refresh(tokens.refresh_token);
    expect(refreshed.status).toBe(200);
    const after = await scrape('AUTH');
    const grown = (name: string, labels: Readonly<Record<string, string>>) =>
      after.value(name, labels) - before.value(name, labels);
    const refusal = { endpoint: '/oauth2/token', error: 'invalid_scope', status: '400' };
    expect(grown('keyward_refusals_total', refusal)).toBe(1);
    expect(grown('keyward_token_responses_total', { grant_type: 'refresh_token' })).toBe(1);
    expect(grown('keyward_refresh_rotations_total', { outcome: 'rotated' })).toBe(1);
    expect(
      after.value('keyward_audit_events_total', { type: 'sign_in.password', outcome: 'success' }),
    ).toBeGreaterThan(0);
    expect(after.value('keyward_store_up', { store: 'postgres' })).toBe(1);
    expect(
      after.value('keyward_signing_key_ends_in_seconds', { algorithm: 'ES256' }),
    ).toBeGreaterThan(0);
    expect(after.value('keyward_feed_followers', {})).toBe(2);
    expect(after.text).not.toContain('nobody-ever-heard-of-it');
  });

  it.each(['ORDERS', 'PAYMENTS'])(
    'tell what the guards of %s let through and refused',
    async (prefix) => {
      const app = prefix === 'ORDERS' ? landscape.orders : landscape.payments;
      const path = prefix === 'ORDERS' ? '/orders' : '/payments';
      const before = await scrape(prefix);
      const text = `no-token-${randomUUID()}`;
      const refused = await fetch(`${app.url}${path}?${text}`, { headers: bearer(text) });
      expect(refused.status).toBe(401);
      const after = await scrape(prefix);
      const labels = { stage: 'jws', reason: 'malformed' };
      const total = (one: Scrape) => one.total('keyward_requests_refused_total');
      expect([labels, total(after) - total(before)]).toEqual([labels, 1]);
      const issuer = landscape.provider.issuer;
      expect(after.value('keyward_jwks_usable_keys', { issuer })).toBeGreaterThan(0);
      expect(after.value('keyward_jwks_age_seconds', { issuer })).toBeLessThan(600);
      expect(after.value('keyward_revocations_stale', { issuer })).toBe(0);
      const requests = { method: 'GET', route: path, status: '4xx' };
      expect(after.value('keyward_http_request_duration_seconds_count', requests)).toBe(1);
      expect(after.text).not.toContain(text);
    },
  );

  it('tell what the limits and the guards of the administration decided', async () => {
    const before = await scrape('AUTH');
    const refused = await fetch(`${landscape.provider.issuer}/admin/clients`, {
      headers: bearer('nothing'),
    });
    expect(refused.status).toBe(401);
    const token = await administratorToken();
    const listed = await fetch(`${landscape.provider.issuer}/admin/clients`, {
      headers: bearer(token),
    });
    expect(listed.status).toBe(200);
    const after = await scrape('AUTH');
    const grown = (name: string, labels: Readonly<Record<string, string>>) =>
      after.value(name, labels) - before.value(name, labels);
    const total = (one: Scrape) => one.total('keyward_requests_refused_total');
    expect(total(after) - total(before)).toBe(1);
    expect(grown('keyward_requests_passed_total', { stage: 'authorization' })).toBe(1);
    const allowed = { limit: 'token', outcome: 'allowed' };
    expect(grown('keyward_limited_requests_total', allowed)).toBeGreaterThanOrEqual(1);
  });

  it('are served at their own port alone, and at no other path of it', async () => {
    for (const url of [landscape.provider.issuer, landscape.orders.url, landscape.payments.url]) {
      expect((await fetch(`${url}/metrics`)).status).toBe(404);
    }
    const port = metricsPorts.get('AUTH');
    expect((await fetch(`http://127.0.0.1:${port}/oauth2/token`)).status).toBe(404);
  });
});

describe('what is written', () => {
  it('is JSON, with the id by which one request is found in the logs of all services', async () => {
    const id = `request-${randomUUID()}`;
    expect((await placeOrder({ 'x-request-id': id })).status).toBe(201);
    await sleep(300);
    for (const output of [landscape.orders.output, landscape.payments.output]) {
      const lines = output.split('\n').filter((line) => line.startsWith('{'));
      const mine = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
      const found = mine.find(
        ({ context, request_id }) => context === 'Request' && request_id === id,
      );
      expect(found).toMatchObject({
        level: 'info',
        trace_id: expect.stringMatching(/^[\da-f]{32}$/),
      });
    }
  });

  it('holds no secret, whatever is done', async () => {
    const { provider } = landscape;
    // Second factor, and a new sign-in that proves it.
    await landscape.stepUp(shop, { acr_values: MFA_ACR });
    // Refresh, twice with the same token; introspection; userinfo; revocation.
    const party = landscape.shop();
    const other = await landscape.signIn(party, undefined, provider.bob);
    recorder.add(provider.bob.password, 'password');
    await party.refresh(other.refresh_token);
    await party.refresh(other.refresh_token);
    await party.refresh(`${other.refresh_token}x`);
    await party.userinfo(other);
    for (const token of [other.access_token, other.refresh_token ?? '']) {
      await provider.post('/oauth2/introspect', machine('orders-service'), { token });
      await provider.post('/oauth2/revoke', party.client, { token });
      await fetch(`${landscape.orders.url}/orders`, { headers: bearer(token) });
    }
    // A wrong password, a wrong secret, and secrets where they do not belong.
    const wrong = `wrong-${randomUUID()}`;
    recorder.add(wrong, 'wrong');
    const stranger = landscape.shop();
    const page = await stranger.open();
    await stranger.browser.submit(page, { username: 'alice', password: wrong });
    await stranger.redeem(wrong);
    await provider.post(
      '/oauth2/token',
      { ...machine('administrator'), secret: wrong },
      { grant_type: 'client_credentials' },
    );
    await fetch(`${provider.issuer}/oauth2/token?client_secret=${wrong}`);
    await fetch(`${landscape.orders.url}/orders?access_token=${wrong}`, { headers: bearer(wrong) });
    await fetch(`${provider.issuer}/${wrong}`);
    await dpopSignIn();
    await createClient();
    await resetPassword(wrong);

    await sleep(500);
    const metrics = await Promise.all([...metricsPorts.values()].map(fetchMetrics));
    const written = [landscape.output, collector.text, ...metrics.map(({ text }) => text)].join(
      '\n',
    );
    expect(recorder.kinds).toMatchObject({
      authorization: expect.any(Number),
      access_token: expect.any(Number),
      refresh_token: expect.any(Number),
      id_token: expect.any(Number),
      client_secret: expect.any(Number),
      code: expect.any(Number),
      code_verifier: expect.any(Number),
      cookie: expect.any(Number),
      dpop: expect.any(Number),
      form: expect.any(Number),
      password: expect.any(Number),
      totp: expect.any(Number),
    });
    expect(recorder.in(written)).toEqual([]);
  }, 90_000);
});

describe('after all of that, the metrics', () => {
  it('have every name and label that the dashboard and the alerts ask for', async () => {
    const scrapes = await Promise.all(SERVICES.map(scrape));
    const expressions = await readExpressions();
    const missing = expressions.flatMap((expression) => missingFrom(scrapes, expression));
    expect(missing).toEqual([]);
  });

  it('are those of the documentation', async () => {
    const scrapes = await Promise.all(SERVICES.map(scrape));
    const names = scrapes.flatMap(({ types }) => [...types.keys()]);
    const own = new Set(names.filter((name) => name.startsWith('keyward_')));
    expect([...own].sort()).toEqual([...new Set(await readDocumentedMetrics())].sort());
  });
});

/** A pushed request, its code and its tokens, all bound to a key. */
async function dpopSignIn(): Promise<void> {
  const { provider } = landscape;
  const config = await client.discovery(
    new URL(provider.issuer),
    PUBLIC.id,
    undefined,
    client.None(),
    { execute: [client.allowInsecureRequests] },
  );
  const DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256'));
  const [verifier, state, nonce] = [
    client.randomPKCECodeVerifier(),
    client.randomState(),
    client.randomNonce(),
  ];
  for (const secret of [verifier, state, nonce]) recorder.add(secret, 'pkce');
  const url = await client.buildAuthorizationUrlWithPAR(
    config,
    {
      redirect_uri: PUBLIC.redirectUri,
      scope: 'openid offline_access',
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state,
      nonce,
    },
    { DPoP },
  );
  const browser = new HttpBrowser([provider.issuer]);
  const end = await provider.complete(browser, await browser.open(url), provider.bob);
  const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce };
  const granted = await client.authorizationCodeGrant(config, end.url, checks, undefined, { DPoP });
  await client.refreshTokenGrant(config, granted.refresh_token ?? '', undefined, { DPoP });
}

async function administratorToken(): Promise<string> {
  const { provider } = landscape;
  const answer = await provider.post('/oauth2/token', machine('administrator'), {
    grant_type: 'client_credentials',
    resource: `${provider.issuer}${ADMINISTRATION_PATH}`,
  });
  return ((await answer.json()) as { access_token: string }).access_token;
}

/** Whose secret is shown once, by the answer. */
async function createClient(): Promise<void> {
  const { provider } = landscape;
  const token = await administratorToken();
  const created = await fetch(`${provider.issuer}/admin/clients`, {
    method: 'POST',
    headers: { ...bearer(token), 'content-type': 'application/json' },
    body: JSON.stringify({
      client_id: 'made',
      name: 'Made',
      token_endpoint_auth_method: 'client_secret_basic',
      grant_types: ['client_credentials'],
      scope: 'payments:read',
    }),
  });
  expect(created.status).toBe(201);
}

/** By the link of a mail. */
async function resetPassword(password: string): Promise<void> {
  const { issuer } = landscape.provider;
  const browser = new HttpBrowser([issuer]);
  const asked = await browser.open(`${issuer}/password/forgot`);
  await browser.submit(asked, { username: 'bob' });
  let link: RegExpExecArray | null = null;
  for (let index = 0; link === null; index += 1) {
    link = /http:\S+\/password\/reset\?token=([\w-]+)/.exec((await mail.mail(index)).text);
  }
  recorder.add(link[1] ?? '', 'token');
  const page = await browser.open(link[0]);
  await browser.submit(page, { password, repeated: password });
}
