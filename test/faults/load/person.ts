/** A person who opens the sign-in page, or signs in, and the client that redeems the code. */
import { createHash, randomBytes } from 'node:crypto';
import { HttpBrowser, type HttpPage } from '../../support/http-browser.js';
import { REDIRECT_URI, SCOPE, SIGN_IN_CLIENT, USERNAME } from '../world/bootstrap.document.js';
import { type FaultWorld } from '../world/fault.world.js';
import { ask, GOOD, judge } from './answers.js';
import { formOf } from './lineage.client.js';
import { type Outcome } from './ledger.js';

const MAX_PAGES = 5;

/** Opens the page that asks for a password. */
export async function openSignIn(world: FaultWorld): Promise<Outcome> {
  const page = await new HttpBrowser([world.issuer]).open(authorizationUrl(world, challengeOf('')));
  return judgePage(page);
}

/** Signs in with a new browser, and redeems the code. */
export async function signIn(world: FaultWorld): Promise<Outcome> {
  const verifier = randomBytes(32).toString('base64url');
  const browser = new HttpBrowser([world.issuer]);
  let page = await browser.open(authorizationUrl(world, challengeOf(verifier)));
  for (let n = 0; page.status !== 0 && n < MAX_PAGES; n += 1) {
    const outcome = judgePage(page);
    if (outcome.verdict !== 'good') return outcome;
    page = await browser.submit(page, { username: USERNAME, password: world.password });
  }
  const code = page.url.searchParams.get('code');
  if (code === null) return refusedAt(page.url);
  const form = {
    grant_type: 'authorization_code',
    code,
    redirect_uri: REDIRECT_URI,
    code_verifier: verifier,
  };
  const answer = await ask(`${world.issuer}/oauth2/token`, formOf(world, SIGN_IN_CLIENT, form));
  return judge(answer, (text) => (text.includes('"id_token"') ? undefined : 'no ID token'));
}

function authorizationUrl(world: FaultWorld, challenge: string): string {
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: SIGN_IN_CLIENT,
    redirect_uri: REDIRECT_URI,
    scope: `openid ${SCOPE}`,
    state: randomBytes(16).toString('base64url'),
    nonce: randomBytes(16).toString('base64url'),
    code_challenge: challenge,
    code_challenge_method: 'S256',
  });
  return `${world.issuer}/oauth2/authorize?${query.toString()}`;
}

function challengeOf(verifier: string): string {
  return createHash('sha256').update(verifier).digest('base64url');
}

function judgePage(page: HttpPage): Outcome {
  const { status, headers } = page;
  // What the client is told by a redirect never came to be a page.
  if (status === 0) return refusedAt(page.url);
  if (status === 200 && page.form !== null && 'password' in page.form.fields) return GOOD;
  const title = /<title>([^<]*)/.exec(page.html)?.[1]?.trim() ?? '';
  return judge({ status, headers, text: title }, () => `the page "${title}"`);
}

function refusedAt({ searchParams }: URL): Outcome {
  const error = searchParams.get('error') ?? 'nothing';
  // RFC 6749 section 4.1.2.1 has this code because a redirect cannot be a 503.
  const verdict = error === 'temporarily_unavailable' ? 'unavailable' : 'refused';
  return { verdict, detail: `redirect ${error}` };
}
