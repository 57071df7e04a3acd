/** Signs the demo user in at a deployment, as a browser and a web client do together. */
import { createHash, randomBytes } from 'node:crypto';
import { HttpBrowser } from '../support/http-browser.js';
import { type Topology } from './topology.js';

const REDIRECT_URI = 'https://demo-client.invalid/callback';
const MAX_PAGES = 5;

/** What the client got. */
export interface SignedIn {
  readonly access_token: string;
  refresh_token: string;
  readonly id_token: string;
}

/** @throws Error with the page at which it did not go on */
export async function signIn(topology: Topology): Promise<SignedIn> {
  const verifier = randomBytes(32).toString('base64url');
  const state = randomBytes(16).toString('base64url');
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: topology.web.id,
    redirect_uri: REDIRECT_URI,
    scope: 'openid offline_access orders:read orders:write payments:write',
    resource: topology.orders,
    state,
    nonce: randomBytes(16).toString('base64url'),
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    prompt: 'consent',
  });
  query.append('resource', topology.issuer);
  const browser = new HttpBrowser([topology.issuer]);
  let page = await browser.open(`${topology.issuer}/oauth2/authorize?${query}`);
  for (let n = 0; page.url.origin === topology.issuer && n < MAX_PAGES; n += 1) {
    const asksForPassword = page.form !== null && 'password' in page.form.fields;
    const answers = { username: 'demo', password: topology.password };
    page = await browser.submit(page, asksForPassword ? answers : { decision: 'allow' });
  }
  const code = page.url.searchParams.get('code');
  if (code === null || page.url.searchParams.get('state') !== state) {
    throw new Error(`no code at ${page.url.href}:\n${page.html}`);
  }
  const answer = await topology.post('/oauth2/token', topology.web, {
    grant_type: 'authorization_code',
    code,
    redirect_uri: REDIRECT_URI,
    code_verifier: verifier,
    resource: topology.orders,
  });
  if (answer.status !== 200) throw new Error(`${answer.status} ${await answer.text()}`);
  return (await answer.json()) as SignedIn;
}
