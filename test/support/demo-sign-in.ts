/** A person signs in to the demo client of a stack: the whole way, to an access token. */
import { createHash, randomBytes } from 'node:crypto';
import { type HttpBrowser } from './http-browser.js';
import { type Stack } from './stack.js';

const REDIRECT_URI = 'https://demo-client.invalid/callback';

/** Signs the demo user in (by hand the first time), and gives a token and what presents its code again. */
export async function signInDemoUser(stack: Stack, browser: HttpBrowser) {
  const verifier = randomBytes(32).toString('base64url');
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: stack.web.id,
    redirect_uri: REDIRECT_URI,
    scope: 'openid orders:read',
    resource: stack.orders,
    state: 'the-state',
    nonce: 'the-nonce',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  });
  query.append('resource', stack.issuer);
  let page = await browser.open(`${stack.issuer}/oauth2/authorize?${query}`);
  for (let step = 0; page.url.origin === stack.issuer && step < 5; step += 1) {
    const fields: Record<string, string> =
      page.form !== null && 'password' in page.form.fields
        ? { username: 'demo', password: stack.password }
        : { decision: 'allow' };
    page = await browser.submit(page, fields);
  }
  const code = page.url.searchParams.get('code');
  if (code === null) throw new Error(`no code at ${page.url.href}:\n${page.html}`);
  const redeem = () =>
    stack.post('/oauth2/token', stack.web, {
      grant_type: 'authorization_code',
      code,
      redirect_uri: REDIRECT_URI,
      code_verifier: verifier,
      resource: stack.orders,
    });
  const response = await redeem();
  const { access_token: token } = (await response.json()) as { access_token?: string };
  if (token === undefined) throw new Error(`no token: ${response.status}`);
  return { token, redeem };
}
