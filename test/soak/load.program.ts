/** Program: keeps both servers busy with everything that clients do, and tells what it saw when it is asked. */
import { createHash, randomBytes } from 'node:crypto';
import http from 'node:http';
import { HttpBrowser } from '../support/http-browser.js';
import { audienceOf, type SoakPlace } from './soak.world.js';

const CONNECTIONS = 16;
const MAX_HELD = 200;

/** What was seen since it was asked last. */
export interface LoadReport {
  readonly latenciesMs: Readonly<Record<string, readonly number[]>>;
  readonly errors: readonly string[];
}

const place = JSON.parse(process.argv[2] ?? '{}') as SoakPlace;
const agent = new http.Agent({ keepAlive: true, maxSockets: 2 * CONNECTIONS });
const verifier = randomBytes(32).toString('base64url');
const challenge = createHash('sha256').update(verifier).digest('base64url');
const origin = `http://127.0.0.1:${place.issuerPort}`;
const authorization = basic('shop');
const authorizationPath = `/oauth2/authorize?${new URLSearchParams({
  ...{ client_id: 'shop', redirect_uri: place.callback, response_type: 'code', state: 's' },
  ...{ scope: 'orders:read offline_access', resource: audienceOf(place) },
  ...{ code_challenge: challenge, code_challenge_method: 'S256' },
}).toString()}`;

let latenciesMs: Record<string, number[]> = {};
let errors: string[] = [];
const accessTokens: string[] = [];
const refreshTokens: string[] = [];
const cookie = await signIn();

/** How often each is done, of a hundred. */
const MIX: readonly (readonly [number, () => Promise<void>])[] = [
  [20, clientCredentials],
  [15, introspect],
  [12, rotate],
  [5, redeemCode],
  [3, revoke],
  [35, () => callOrders(accessTokens.at(-1))],
  [10, () => callOrders(accessTokens[Math.floor(Math.random() * accessTokens.length)])],
];

async function work(): Promise<never> {
  for (;;) {
    let lot = Math.random() * 100;
    const [, act] = MIX.find(([share]) => (lot -= share) < 0) ?? [0, clientCredentials];
    await act().catch((error: unknown) => errors.push(String(error)));
  }
}

async function clientCredentials(): Promise<void> {
  const form = { grant_type: 'client_credentials', scope: 'orders:read' };
  const { access_token: token = '' } = await tokens('client_credentials', form);
  hold(accessTokens, token);
}

async function introspect(): Promise<void> {
  const token = accessTokens.at(-1);
  if (token === undefined) return clientCredentials();
  await post('introspection', '/oauth2/introspect', { token });
}

async function rotate(): Promise<void> {
  const token = refreshTokens.shift();
  if (token === undefined) return redeemCode();
  const form = { grant_type: 'refresh_token', refresh_token: token };
  const { refresh_token: next = '' } = await tokens('rotation', form);
  hold(refreshTokens, next);
}

async function redeemCode(): Promise<void> {
  const answer = await call('authorization', place.issuerPort, 'GET', authorizationPath, {
    cookie,
  });
  const response = new URL(answer.location ?? '', origin).searchParams;
  const code = response.get('code');
  if (code === null) {
    throw new Error(`authorization ${answer.status} ${response.get('error') ?? ''}`);
  }
  const form = { grant_type: 'authorization_code', code, code_verifier: verifier };
  const answered = await tokens('code', { ...form, redirect_uri: place.callback });
  hold(refreshTokens, answered.refresh_token ?? '');
}

async function revoke(): Promise<void> {
  const token = accessTokens.shift();
  if (token !== undefined) await post('revocation', '/oauth2/revoke', { token });
}

/** One that was revoked meanwhile, or is over, is refused: that is no failure. */
async function callOrders(token: string | undefined): Promise<void> {
  if (token === undefined) return clientCredentials();
  const headers = { authorization: `Bearer ${token}` };
  const { status } = await call('orders', place.ordersPort, 'GET', '/orders', headers);
  if (status !== 200 && status !== 401) throw new Error(`orders ${status}`);
  if (status === 401) accessTokens.splice(accessTokens.indexOf(token) >>> 0, 1);
}

function hold(list: string[], token: string): void {
  list.push(token);
  if (list.length > MAX_HELD) list.shift();
}

async function tokens(kind: string, form: Record<string, string>) {
  const body = await post(kind, '/oauth2/token', form);
  return JSON.parse(body) as { access_token?: string; refresh_token?: string };
}

async function post(kind: string, path: string, form: Record<string, string>): Promise<string> {
  const headers = { authorization, 'content-type': 'application/x-www-form-urlencoded' };
  const body = new URLSearchParams(form).toString();
  const answer = await call(kind, place.issuerPort, 'POST', path, headers, body);
  if (answer.status !== 200) throw new Error(`${kind} ${answer.status} ${answer.body}`);
  return answer.body;
}

function call(
  kind: string,
  port: number,
  method: string,
  path: string,
  headers: http.OutgoingHttpHeaders,
  body = '',
): Promise<{ status: number; body: string; location?: string | undefined }> {
  const started = performance.now();
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, method, path, headers, agent };
    const request = http.request(options, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('error', reject).on('end', () => {
        (latenciesMs[kind] ??= []).push(performance.now() - started);
        const { statusCode: status = 0, headers: fields } = response;
        resolve({ status, body: text, location: fields.location });
      });
    });
    request.on('error', reject).end(body);
  });
}

async function signIn(): Promise<string> {
  const browser = new HttpBrowser([origin]);
  const page = await browser.open(origin + authorizationPath);
  const { username, password } = place;
  const { status, html } = await browser.submit(page, { username, password });
  if (status !== 0) throw new Error(`alice cannot sign in: ${html}`);
  return [...browser.cookiesOf(origin)].map(([name, value]) => `${name}=${value}`).join('; ');
}

function basic(id: string): string {
  return `Basic ${Buffer.from(`${id}:${place.secret}`).toString('base64')}`;
}

process.on('message', () => {
  const report: LoadReport = { latenciesMs, errors };
  [latenciesMs, errors] = [{}, []];
  process.send?.(report);
});
process.on('disconnect', () => process.exit(0));
for (let i = 0; i < CONNECTIONS; i += 1) void work();
process.send?.('working');
